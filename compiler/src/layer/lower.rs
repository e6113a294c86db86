//! What a layer says to the back of the compiler: how it joins its neighbours, and the steps it becomes.

use shapeflow_terms::Activation;

use super::image;
use super::window::Window;
use crate::id::SpecId;
use crate::shape::Number;
use crate::step::{Argument, At, Call, Field, Kernel, Length, Mode, arguments};

/// What a layer is to those around it.
#[derive(Clone, Debug)]
pub enum Role {
    /// Work of its own.
    Work,
    /// A function of one number, which the layer before it may apply in its last pass.
    Activation(Activation<Number>),
    /// The sum of its two inputs, which may be taken in the last pass of what makes one of them.
    Sum,
    /// In inference, a factor and an offset for each channel, which can be folded into the weights of the layer before it.
    Norm(Folding),
    /// Its input under another shape.
    View,
    /// Nothing, but in training.
    TrainingOnly,
}

/// A normalisation with fixed statistics: its tensors by position, and what keeps the variance above 0.
#[derive(Clone, Debug)]
pub struct Folding {
    pub scale: usize,
    pub shift: usize,
    pub mean: usize,
    pub variance: usize,
    pub epsilon: Number,
}

/// What a layer can do besides its own work.
#[derive(Clone, Copy, Debug, Default)]
pub struct Takes {
    /// Apply an activation in its last pass.
    pub activation: bool,
    /// Take the gradient back through that activation in its own backward steps, in place.
    pub activation_backward: bool,
    /// Add another value of its output's shape in its last pass, in these modes.
    pub residual: &'static [Mode],
    /// Have a normalisation behind it folded into its weights in inference.
    pub norm: bool,
}

/// A layer's gradient rule and steps.
pub trait Lower {
    /// What it is to those around it.
    fn role(&self) -> Role {
        Role::Work
    }

    /// What it can do besides its own work.
    fn takes(&self) -> Takes {
        Takes::default()
    }

    /// Its tensors that every chunk reads whole, by position: matrices, as opposed to kernels that slide.
    fn matrices(&self) -> &'static [usize] {
        &[]
    }

    /// The steps of forward in training.
    fn forward(&self, _at: &mut At<'_>) {}

    /// The steps of forward once more, for backward, with the same result to the bit: what the whole batch made of the first
    /// run, such as statistics, is taken as it was [kept](At::keep), and nothing outside of the operation is changed again.
    fn recompute(&self, at: &mut At<'_>) {
        self.forward(at);
    }

    /// The steps of forward in inference.
    fn inference(&self, at: &mut At<'_>) {
        self.forward(at);
    }

    /// The steps that compute the gradients of its inputs and tensors.
    fn backward(&self, _at: &mut At<'_>) {}
}

/// The sizes of the input picture.
pub fn picture(at: &At<'_>) -> Field {
    Field::Picture(image::sizes(at.input_shape(0)))
}

/// The description of a pooling layer's sizes.
pub fn pool_spec(window: &Window, at: &mut At<'_>) -> SpecId {
    let [height, width, _] = image::sizes(at.input_shape(0));
    let arguments = vec![
        picture(at),
        Field::Pair(window.kernel.clone()),
        Field::Pair(window.stride.clone()),
        Field::Sides(window.pads(&[height, width])),
    ];
    at.spec("pool", "Pool2d", arguments)
}

/// The description of a global pooling layer's sizes.
pub fn global_pool_spec(at: &mut At<'_>) -> SpecId {
    let (positions, channels) = (at.positions(), at.input_shape(0).last());
    let arguments = vec![positions.into(), channels.into()];
    at.spec("pool", "GlobalPool", arguments)
}

/// One call that packs a weight.
pub fn pack_call(module: &'static str, function: &'static str, arguments: Vec<Argument>) -> Call {
    Call {
        kernel: Kernel::new(module, function),
        arguments,
    }
}

/// Forward in one call: `module::forward(&spec, n, x, y)`.
pub fn forward_by_spec(module: &'static str, spec: SpecId, at: &mut At<'_>) {
    let (x, y) = (at.input(0), at.output());
    at.chunk("").read("x", x).write("y", y).call(
        module,
        "forward",
        arguments![spec, Argument::Examples, "x", "y"],
    );
}

/// Backward in one call that needs no value of forward: `module::backward(&spec, n, dy, dx)`.
pub fn backward_by_spec(module: &'static str, spec: SpecId, at: &mut At<'_>) {
    let dy = at.output_gradient();
    at.input_gradient(0, false, |at, dx, _| {
        at.chunk("input gradient")
            .read("dy", dy)
            .write("dx", dx)
            .call(
                module,
                "backward",
                arguments![spec, Argument::Examples, "dy", "dx"],
            );
    });
}

/// The gradients of a convolution's weight and bias, each lane's own, by the kernels of `module`.
pub fn convolution_lane_gradients(module: &'static str, spec: SpecId, bias: bool, at: &mut At<'_>) {
    let (x, dy) = (at.input(0), at.output_gradient());
    let mut draft = at
        .chunk("weight gradient")
        .read("x", x)
        .read("dy", dy)
        .gradient("dweight", 0)
        .scratch(Length::OfSpec(spec, "backward_weight_scratch_len"))
        .team(spec, "backward_weight_team");
    let dbias = bias.then(|| Argument::from("dbias"));
    if bias {
        draft = draft.gradient("dbias", 1);
    }
    draft.call(
        module,
        "backward_weight_shared",
        arguments![
            "team",
            spec,
            Argument::Examples,
            "x",
            "dy",
            "dweight",
            dbias,
            "scratch"
        ],
    );
}

/// The gradient of a convolution's input, by the kernels of `module`.
pub fn convolution_input_gradient(module: &'static str, spec: SpecId, at: &mut At<'_>) {
    let dy = at.output_gradient();
    at.input_gradient(0, true, |at, dx, accumulate| {
        let weight = at.parameter(0);
        let packed = at.packed(
            "backward",
            Length::OfSpec(spec, "packed_backward_len"),
            vec![pack_call(
                module,
                "pack_backward",
                arguments![spec, weight, "packed"],
            )],
        );
        at.chunk("input gradient")
            .read("dy", dy)
            .put("dx", dx, accumulate)
            .scratch(Length::OfSpec(spec, "backward_input_scratch_len"))
            .team(spec, "backward_input_team")
            .call(
                module,
                "backward_input_shared",
                arguments![
                    "team",
                    spec,
                    Argument::Examples,
                    "dy",
                    packed,
                    "dx",
                    accumulate,
                    "scratch"
                ],
            );
    });
}

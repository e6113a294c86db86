//! `Conv2d(filters, 3x3)`: a filter slides over the picture; cross-correlation, as everywhere in the field.

use super::arguments::{Arguments, Datum, Extra, Signature, divisible};
use super::lower::{
    Lower, Takes, convolution_input_gradient, convolution_lane_gradients, pack_call, picture,
};
use super::window::{self, Padding, Window, same_padding, sides};
use super::{Entry, Layer, image, init};
use crate::attribute::{Attribute, Attributes};
use crate::check::{Check, Failed};
use crate::diagnostic::{Diagnostic, Reported};
use crate::id::SpecId;
use crate::shape::{Dim, Number, Shape};
use crate::step::{Argument, At, Field, Length, Mode, arguments};
use crate::tensor::{Initial, Tensor, bias};
use crate::words::{Words, words};
use shapeflow_terms::{Init, convolution};

pub const ENTRY: Entry = Entry::new(
    Signature {
        example: "Conv2d(32, 3x3)",
        required: &["filters", "kernel"],
        options: &[
            "stride",
            "padding",
            "dilation",
            "groups",
            "bias",
            "init",
            "bias_init",
        ],
        flags: &["depthwise"],
        aliases: &["Conv", "Convolution2D"],
        words: &[window::PADDING, init::WEIGHT, init::BIAS],
        input_first: true,
        meant_by_extra,
        ..Signature::new("Conv2d")
    },
    build,
);

#[derive(Debug)]
pub struct Conv2d {
    pub(crate) filters: Dim,
    pub(crate) window: Window,
    pub(crate) groups: Groups,
    pub(crate) bias: bool,
    pub(crate) init: Init<Number>,
    pub(crate) bias_init: Init<Number>,
}

/// Into how many parts the channels are split.
#[derive(Clone, Debug)]
pub enum Groups {
    Number(Dim),
    /// One group for each channel.
    Depthwise,
}

impl Groups {
    /// The number of groups for an input with these channels.
    pub fn number(&self, channels: &Dim) -> Dim {
        match self {
            Groups::Number(number) => number.clone(),
            Groups::Depthwise => channels.clone(),
        }
    }
}

fn build(arguments: &mut Arguments<'_>) -> Result<Box<dyn Layer>, Reported> {
    let one = || [Dim::new(1), Dim::new(1)];
    let depthwise = arguments.flag("depthwise", false);
    if depthwise && let Some(given) = arguments.optional("groups") {
        let message = "`depthwise` already says how many groups there are";
        arguments.report(
            Diagnostic::error("depthwise-and-groups", given.place, message).help("remove `groups`"),
        );
    }
    let layer = Conv2d {
        filters: arguments.dim("filters"),
        window: Window {
            kernel: arguments.pair("kernel"),
            stride: arguments.pair_or("stride", 1, one()),
            dilation: arguments.pair_or("dilation", 1, one()),
            padding: Padding::read(arguments),
        },
        groups: match depthwise {
            true => Groups::Depthwise,
            false => Groups::Number(arguments.dim_or("groups", 1, 1)),
        },
        bias: arguments.flag("bias", true),
        init: init::weight(arguments),
        bias_init: init::bias(arguments),
    };
    Ok(Box::new(layer))
}

impl Layer for Conv2d {
    fn kind(&self) -> &'static str {
        "Conv2d"
    }

    fn infer(&self, inputs: &[Shape], at: &mut Check<'_>) -> Result<Shape, Failed> {
        let picture = |[h, w]: [Dim; 2]| Shape::new(vec![h, w, self.filters.clone()]);
        let unknown = picture([Dim::anything(), Dim::anything()]);
        let [height, width, channels] = image::axes("Conv2d", &inputs[0], at, unknown.clone())?;
        let size = self.window.infer("Conv2d", &[height, width], false, at);
        let groups = self.groups.number(&channels);
        check_groups(
            self.kind(),
            &self.groups,
            &groups,
            &channels,
            &self.filters,
            at,
        )
        .map_err(|reported| reported.instead(unknown))?;
        size.map(picture).map_err(|size| Failed {
            instead: picture(size),
        })
    }

    fn tensors(&self, inputs: &[Shape]) -> Vec<Tensor> {
        let channels = inputs[0].last();
        let per_group = channels.divided_down(&self.groups.number(&channels));
        let [height, width] = self.window.kernel.clone();
        let area = height.times(&width);
        let (fan_in, fan_out) = (area.times(&per_group), area.times(&self.filters));
        let init = Initial::with_fans(&self.init, fan_in, fan_out);
        let shape = vec![height, width, per_group, self.filters.clone()];
        let mut tensors = vec![Tensor::trained("weight", shape, init)];
        if self.bias {
            tensors.push(bias(&self.filters, &self.bias_init));
        }
        tensors
    }

    fn attributes(&self, inputs: &[Shape]) -> Attributes {
        let [height, width, channels] = image::sizes(&inputs[0]);
        let mut attributes = vec![
            ("filters", Attribute::Size(self.filters.clone())),
            ("kernel", Attribute::sizes(&self.window.kernel)),
            ("stride", Attribute::sizes(&self.window.stride)),
            (
                "padding",
                Attribute::sides(&self.window.pads(&[height, width])),
            ),
            ("dilation", Attribute::sizes(&self.window.dilation)),
            ("groups", Attribute::Size(self.groups.number(&channels))),
            ("bias", Attribute::Flag(self.bias)),
            ("init", Attribute::Init(self.init.clone())),
        ];
        if self.bias {
            let init = Attribute::Init(self.bias_init.clone());
            attributes.push(("bias_init", init));
        }
        attributes
    }

    fn flops(&self, inputs: &[Shape], output: &Shape) -> Dim {
        let weight = &self.tensors(inputs)[0].shape;
        let per_output = Dim::product(&weight[..3]).times(&Dim::new(2));
        let products = output.size().times(&per_output);
        match self.bias {
            true => products.plus(&output.size()),
            false => products,
        }
    }

    fn adapted(&self, found: &Shape, wanted: &Shape) -> Option<Words> {
        same_padding(found, wanted).or_else(|| other_filters(found, wanted))
    }
}

/// PyTorch's `Conv2d(3, 32, 3)` begins with the channels that flow in here; what follows the kernel is the stride.
pub fn meant_by_extra(extra: &Extra<'_>) -> Option<String> {
    let written = &extra.given.written;
    match (extra.before, &extra.given.datum) {
        ([channels, filters], Datum::Whole(kernel)) if matches!(filters.datum, Datum::Whole(_)) => {
            Some(format!(
                "write `{}({}, {kernel}x{kernel})`: the {} channels flow in",
                extra.name, filters.written, channels.written
            ))
        }
        ([_, kernel], Datum::Whole(_)) if matches!(kernel.datum, Datum::Pair(..)) => {
            Some(format!("write `stride = {written}`"))
        }
        _ => None,
    }
}

/// Other filters, where only the channels differ from those that are wanted.
pub fn other_filters(found: &Shape, wanted: &Shape) -> Option<Words> {
    let only_channels = found.rank() == wanted.rank() && sides(found) == sides(wanted);
    only_channels.then(|| words!["give it ", &wanted.last(), " filters"])
}

/// Groups must divide the channels that come in and the filters that go out.
pub fn check_groups(
    kind: &str,
    written: &Groups,
    groups: &Dim,
    channels: &Dim,
    filters: &Dim,
    at: &mut Check<'_>,
) -> Result<(), Reported> {
    let depthwise = matches!(written, Groups::Depthwise);
    for (number, what) in [(channels, "channels that come in"), (filters, "filters")] {
        let place = at.argument(if depthwise { "filters" } else { "groups" });
        at.divisible(number, groups, |at| {
            let message = match depthwise {
                true => words![
                    format!("a depthwise `{kind}` wants a multiple of its "),
                    groups,
                    " channels as filters, found ",
                    number
                ],
                false => words![
                    groups,
                    format!(" groups do not divide the "),
                    number,
                    " ",
                    what
                ],
            };
            let help = match depthwise {
                true => Some(words!["write ", groups, ", or a multiple of it"]),
                false => divisible(number, what, groups),
            };
            let mut d = at.error("groups-do-not-divide", message).help_if(help);
            d.place = place;
            d
        })?;
    }
    Ok(())
}

impl Lower for Conv2d {
    /// A residual in inference only: in training the value that it would be added to is kept for backward.
    fn takes(&self) -> Takes {
        Takes {
            activation: true,
            residual: &[Mode::Infer],
            norm: true,
            ..Takes::default()
        }
    }

    /// With a normalisation folded into its weights and a residual added to its result where there are any.
    fn forward(&self, at: &mut At<'_>) {
        let spec = self.spec(at);
        let (weight, mut bias) = (at.parameter(0), self.bias.then(|| at.parameter(1)));
        let mut pack = vec![pack_call(
            "conv2d",
            "pack_forward",
            arguments![spec, weight, "packed"],
        )];
        if let Some(norm) = at.norm() {
            let (gain, shift) = (
                Argument::Parameter(norm.gain),
                Argument::Parameter(norm.shift),
            );
            let (mean, variance) = (Argument::State(norm.mean), Argument::State(norm.variance));
            let epsilon = Argument::from(&norm.epsilon);
            pack.push(pack_call(
                "conv2d",
                "fold_norm",
                arguments![
                    spec,
                    variance.clone(),
                    gain.clone(),
                    epsilon.clone(),
                    "packed"
                ],
            ));
            let fold = pack_call(
                "batch_norm",
                "fold_bias",
                arguments![bias, mean, variance, gain, shift, epsilon, "packed"],
            );
            bias = Some(at.packed("bias", Length::Dim(self.filters.clone()), vec![fold]));
        }
        let packed = at.packed("forward", Length::OfSpec(spec, "packed_forward_len"), pack);
        let accumulate = at.residual_in_output();
        let (x, y, activation) = (at.input(0), at.output(), at.activation());
        at.chunk("")
            .read("x", x)
            .put("y", y, accumulate)
            .scratch(Length::OfSpec(spec, "forward_scratch_len"))
            .team(spec, "forward_team")
            .call(
                "conv2d",
                "forward_shared",
                arguments![
                    "team",
                    spec,
                    Argument::Examples,
                    "x",
                    packed,
                    bias,
                    activation,
                    "y",
                    accumulate,
                    "scratch"
                ],
            );
    }

    fn backward(&self, at: &mut At<'_>) {
        let spec = self.spec(at);
        if self.has_large_weight(at) {
            self.whole_gradients(spec, at);
        } else {
            convolution_lane_gradients("conv2d", spec, self.bias, at);
        }
        convolution_input_gradient("conv2d", spec, at);
    }
}

impl Conv2d {
    /// Whether the weight's gradient is one product over the whole batch. Not where the compiler doesn't know the sizes, nor
    /// where the convolution may be one by minimal filtering, which needs fewer operations.
    fn has_large_weight(&self, at: &At<'_>) -> bool {
        let weight = &self.tensors(&[at.input_shape(0).clone()])[0].shape;
        let known = |dim: Dim| dim.known().and_then(|size| usize::try_from(size).ok());
        let sizes = (
            known(Dim::product(weight)),
            known(at.input_shape(0).size()),
            known(at.output_shape().size()),
            known(weight[2].times(&weight[3])),
        );
        let (Some(weight), Some(input), Some(output), Some(pairs)) = sizes else {
            return false;
        };
        let whole = self.groups.number(&at.input_shape(0).last()).is_one();
        let is = |pair: &[Dim; 2], size: u64| pair.iter().all(|d| d.known() == Some(size));
        let small = pairs <= convolution::MOST_TRANSFORMED_PAIRS
            && is(&self.window.kernel, 3)
            && is(&self.window.stride, 1);
        whole && !small && convolution::is_large_weight(weight, input, output)
    }

    /// The gradients of the bias, and of a weight over the whole batch.
    fn whole_gradients(&self, spec: SpecId, at: &mut At<'_>) {
        let (x, dy) = (at.input(0), at.output_gradient());
        if self.bias {
            at.chunk("bias gradient")
                .read("dy", dy)
                .gradient("dbias", 1)
                .call(
                    "conv2d",
                    "backward_bias",
                    arguments![spec, Argument::Examples, "dy", "dbias"],
                );
        }
        at.weight("weight gradient", 0)
            .read("x", x)
            .read("dy", dy)
            .scratch(Length::OfSpec(spec, "backward_weight_rows_scratch_len"))
            .call(
                "conv2d",
                "backward_weight_rows",
                arguments![
                    spec,
                    Argument::Examples,
                    "x",
                    "dy",
                    "rows",
                    "accumulate",
                    "dweight",
                    "scratch"
                ],
            );
    }

    /// The description of its sizes.
    fn spec(&self, at: &mut At<'_>) -> SpecId {
        let [height, width, channels] = image::sizes(at.input_shape(0));
        let arguments = vec![
            picture(at),
            (&self.filters).into(),
            Field::Pair(self.window.kernel.clone()),
            Field::Pair(self.window.stride.clone()),
            Field::Sides(self.window.pads(&[height, width])),
            Field::Pair(self.window.dilation.clone()),
            self.groups.number(&channels).into(),
        ];
        at.spec("conv2d", "Conv2d", arguments)
    }
}

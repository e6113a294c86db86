//! `ConvTranspose2d(filters, 2x2, stride = 2)`: the transpose of a convolution; makes pictures larger.

use super::arguments::{Arguments, Signature};
use super::conv2d::{Groups, check_groups, meant_by_extra, other_filters};
use super::lower::{
    Lower, Takes, convolution_input_gradient, convolution_lane_gradients, pack_call, picture,
};
use super::window::{self, Padding};
use super::{Entry, Layer, image, init};
use crate::attribute::{Attribute, Attributes};
use crate::check::{Check, Failed};
use crate::diagnostic::Reported;
use crate::id::SpecId;
use crate::shape::{Dim, Number, Shape};
use crate::step::{Argument, At, Field, Length, arguments};
use crate::tensor::{Initial, Tensor, bias};
use crate::words::{Words, words};
use shapeflow_terms::Init;

pub const ENTRY: Entry = Entry::new(
    Signature {
        example: "ConvTranspose2d(32, 2x2, stride = 2)",
        required: &["filters", "kernel"],
        options: &[
            "stride",
            "padding",
            "output_padding",
            "groups",
            "bias",
            "init",
            "bias_init",
        ],
        aliases: &["Conv2DTranspose", "ConvTranspose", "Deconv2d"],
        words: &[window::PADDING, init::WEIGHT, init::BIAS],
        input_first: true,
        meant_by_extra,
        ..Signature::new("ConvTranspose2d")
    },
    build,
);

#[derive(Debug)]
pub struct ConvTranspose2d {
    pub(crate) filters: Dim,
    pub(crate) kernel: [Dim; 2],
    pub(crate) stride: [Dim; 2],
    pub(crate) padding: Padding,
    /// As given; see [`ConvTranspose2d::output_padding`].
    pub(crate) given_output_padding: [Dim; 2],
    pub(crate) groups: Dim,
    pub(crate) bias: bool,
    pub(crate) init: Init<Number>,
    pub(crate) bias_init: Init<Number>,
}

fn build(arguments: &mut Arguments<'_>) -> Result<Box<dyn Layer>, Reported> {
    let layer = ConvTranspose2d {
        filters: arguments.dim("filters"),
        kernel: arguments.pair("kernel"),
        stride: arguments.pair_or("stride", 1, [Dim::new(1), Dim::new(1)]),
        padding: Padding::read(arguments),
        given_output_padding: arguments.pair_or("output_padding", 0, [Dim::new(0), Dim::new(0)]),
        groups: arguments.dim_or("groups", 1, 1),
        bias: arguments.flag("bias", true),
        init: init::weight(arguments),
        bias_init: init::bias(arguments),
    };
    Ok(Box::new(layer))
}

impl ConvTranspose2d {
    /// `[[top, bottom], [left, right]]`: what is cut off the result.
    pub(crate) fn pads(&self) -> [[Dim; 2]; 2] {
        match &self.padding {
            Padding::Valid => std::array::from_fn(|_| [Dim::new(0), Dim::new(0)]),
            Padding::Sides(sides) => sides.clone(),
            // `input * stride` comes out, as from Keras.
            Padding::Same => std::array::from_fn(|axis| {
                let total = self.kernel[axis].minus(&self.stride[axis]).or_zero();
                let before = total.divided_down(&Dim::new(2));
                let after = total.minus(&before);
                [before, after]
            }),
        }
    }

    /// Pixels added at the bottom and right.
    pub(crate) fn output_padding(&self) -> [Dim; 2] {
        match self.padding {
            Padding::Same => {
                std::array::from_fn(|axis| self.stride[axis].minus(&self.kernel[axis]).or_zero())
            }
            _ => self.given_output_padding.clone(),
        }
    }

    /// `(input - 1) * stride + kernel + output_padding`, before the padding is cut off.
    fn whole(&self, size: &Dim, axis: usize) -> Dim {
        let steps = size.minus(&Dim::new(1)).times(&self.stride[axis]);
        steps
            .plus(&self.kernel[axis])
            .plus(&self.output_padding()[axis])
    }
}

impl Layer for ConvTranspose2d {
    fn kind(&self) -> &'static str {
        "ConvTranspose2d"
    }

    fn infer(&self, inputs: &[Shape], at: &mut Check<'_>) -> Result<Shape, Failed> {
        let picture = |[h, w]: [Dim; 2]| Shape::new(vec![h, w, self.filters.clone()]);
        let unknown = picture([Dim::anything(), Dim::anything()]);
        let [height, width, channels] = image::axes(self.kind(), &inputs[0], at, unknown.clone())?;
        let size = [height, width];
        let groups = Groups::Number(self.groups.clone());
        check_groups(
            self.kind(),
            &groups,
            &self.groups,
            &channels,
            &self.filters,
            at,
        )
        .map_err(|reported| reported.instead(unknown.clone()))?;
        if matches!(self.padding, Padding::Same) {
            if at.has_argument("output_padding") {
                let place = at.argument("output_padding");
                let mut error = at
                    .error(
                        "output-padding-with-same",
                        "`padding = same` already fixes the output",
                    )
                    .help("remove `output_padding`");
                error.place = place;
                return Err(at.report(error).instead(unknown));
            }
            return Ok(picture(std::array::from_fn(|axis| {
                size[axis].times(&self.stride[axis])
            })));
        }
        let pads = self.pads();
        for axis in 0..2 {
            let place = at.argument("output_padding");
            let less = self.output_padding()[axis].plus(&Dim::new(1));
            at.at_least(&self.stride[axis], &less, |at| {
                let message = words![
                    "`output_padding` must be smaller than the stride, found ",
                    &self.given_output_padding[axis],
                    " for a stride of ",
                    &self.stride[axis]
                ];
                let most = self.stride[axis].minus(&Dim::new(1));
                let help = match most.is_zero() {
                    true => words![
                        "remove `output_padding`: with a stride of 1 there is nothing to choose"
                    ],
                    false => words!["write `output_padding = ", most, "`"],
                };
                let mut d = at.error("output-padding-too-large", message).help(help);
                d.place = place;
                d
            })
            .map_err(|reported| reported.instead(unknown.clone()))?;
            let whole = self.whole(&size[axis], axis);
            let least = pads[axis][0].plus(&pads[axis][1]).plus(&Dim::new(1));
            let place = at.argument("padding");
            at.at_least(&whole, &least, |at| {
                let message = words![
                    "the padding of `ConvTranspose2d` cuts off all of its output of ",
                    &whole,
                    " pixels"
                ];
                let mut d = at
                    .error("padding-too-large", message)
                    .help("write a smaller padding, or `padding = same`, or use a larger kernel");
                d.place = place;
                d
            })
            .map_err(|reported| reported.instead(unknown.clone()))?;
        }
        Ok(picture(std::array::from_fn(|axis| {
            let cut = pads[axis][0].plus(&pads[axis][1]);
            self.whole(&size[axis], axis).minus(&cut)
        })))
    }

    fn tensors(&self, inputs: &[Shape]) -> Vec<Tensor> {
        let channels = inputs[0].last();
        let per_group = self.filters.divided_down(&self.groups);
        let [height, width] = self.kernel.clone();
        let area = height.times(&width);
        // Keras counts the fans of a transposed convolution as those of the convolution it reverses.
        let (fan_in, fan_out) = (area.times(&per_group), area.times(&channels));
        let init = Initial::with_fans(&self.init, fan_in, fan_out);
        let shape = vec![height, width, channels, per_group];
        let mut tensors = vec![Tensor::trained("weight", shape, init)];
        if self.bias {
            tensors.push(bias(&self.filters, &self.bias_init));
        }
        tensors
    }

    fn attributes(&self, _inputs: &[Shape]) -> Attributes {
        let mut attributes = vec![
            ("filters", Attribute::Size(self.filters.clone())),
            ("kernel", Attribute::sizes(&self.kernel)),
            ("stride", Attribute::sizes(&self.stride)),
            ("padding", Attribute::sides(&self.pads())),
            ("output_padding", Attribute::sizes(&self.output_padding())),
            ("groups", Attribute::Size(self.groups.clone())),
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
        let positions = Dim::product(&inputs[0].axes()[..2]);
        let products = Dim::product(weight).times(&positions).times(&Dim::new(2));
        match self.bias {
            true => products.plus(&output.size()),
            false => products,
        }
    }

    fn adapted(&self, found: &Shape, wanted: &Shape) -> Option<Words> {
        other_filters(found, wanted)
    }
}

impl Lower for ConvTranspose2d {
    fn takes(&self) -> Takes {
        Takes {
            activation: true,
            ..Takes::default()
        }
    }

    fn forward(&self, at: &mut At<'_>) {
        let spec = self.spec(at);
        let weight = at.parameter(0);
        let packed = at.packed(
            "forward",
            Length::OfSpec(spec, "packed_forward_len"),
            vec![pack_call(
                "conv_transpose2d",
                "pack_forward",
                arguments![spec, weight, "packed"],
            )],
        );
        let bias = self.bias.then(|| at.parameter(1));
        let (x, y, activation) = (at.input(0), at.output(), at.activation());
        at.chunk("")
            .read("x", x)
            .write("y", y)
            .scratch(Length::OfSpec(spec, "forward_scratch_len"))
            .team(spec, "forward_team")
            .call(
                "conv_transpose2d",
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
                    "scratch"
                ],
            );
    }

    fn backward(&self, at: &mut At<'_>) {
        let spec = self.spec(at);
        convolution_lane_gradients("conv_transpose2d", spec, self.bias, at);
        convolution_input_gradient("conv_transpose2d", spec, at);
    }
}

impl ConvTranspose2d {
    /// The description of its sizes.
    fn spec(&self, at: &mut At<'_>) -> SpecId {
        let arguments = vec![
            picture(at),
            (&self.filters).into(),
            Field::Pair(self.kernel.clone()),
            Field::Pair(self.stride.clone()),
            Field::Sides(self.pads()),
            Field::Pair(self.output_padding()),
            (&self.groups).into(),
        ];
        at.spec("conv_transpose2d", "ConvTranspose2d", arguments)
    }
}

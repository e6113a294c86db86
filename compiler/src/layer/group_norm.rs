//! `GroupNorm(8)`: each group of channels of each example with mean 0 and variance 1, then scaled and
//! shifted per channel (Wu and He 2018).

use super::arguments::{Arguments, Signature, divisible};
use super::batch_norm::{check_axes, scale_and_shift};
use super::lower::Lower;
use super::{Entry, Layer};
use crate::attribute::{Attribute, Attributes};
use crate::check::{Check, Failed, Range};
use crate::diagnostic::Reported;
use crate::id::SpecId;
use crate::shape::{Dim, Number, Shape};
use crate::step::{Argument, At, arguments};
use crate::tensor::Tensor;
use crate::words::words;

pub const ENTRY: Entry = Entry {
    keeps_shape: true,
    ..Entry::new(
        Signature {
            example: "GroupNorm(8)",
            required: &["groups"],
            options: &["epsilon"],
            aliases: &["GroupNormalization"],
            ..Signature::new("GroupNorm")
        },
        build,
    )
};

#[derive(Debug)]
pub struct GroupNorm {
    pub(crate) groups: Dim,
    pub(crate) epsilon: Number,
}

fn build(arguments: &mut Arguments<'_>) -> Result<Box<dyn Layer>, Reported> {
    let layer = GroupNorm {
        groups: arguments.dim("groups"),
        epsilon: arguments.number_or("epsilon", 1e-3, &Range::POSITIVE),
    };
    Ok(Box::new(layer))
}

impl Layer for GroupNorm {
    fn kind(&self) -> &'static str {
        "GroupNorm"
    }

    fn infer(&self, inputs: &[Shape], at: &mut Check<'_>) -> Result<Shape, Failed> {
        let shape = check_axes(self.kind(), &inputs[0], at)?;
        let channels = shape.last();
        let place = at.argument("groups");
        at.divisible(&channels, &self.groups, |at| {
            let message = words![
                &self.groups,
                " groups do not divide the ",
                &channels,
                " channels that come in"
            ];
            let mut d = at.error("groups-do-not-divide", message).help_if(divisible(
                &channels,
                "channels that come in",
                &self.groups,
            ));
            d.place = place;
            d
        })
        .map_err(|reported| reported.instead(shape.clone()))?;
        Ok(shape)
    }

    fn tensors(&self, inputs: &[Shape]) -> Vec<Tensor> {
        scale_and_shift(&inputs[0].last())
    }

    fn attributes(&self, _inputs: &[Shape]) -> Attributes {
        vec![
            ("groups", Attribute::Size(self.groups.clone())),
            ("epsilon", Attribute::Number(self.epsilon.clone())),
        ]
    }

    /// As for `LayerNorm`.
    fn flops(&self, _inputs: &[Shape], output: &Shape) -> Dim {
        output.size().times(&Dim::new(8))
    }
}

impl Lower for GroupNorm {
    fn forward(&self, at: &mut At<'_>) {
        let spec = self.spec(at);
        let (x, y, scale, shift) = (at.input(0), at.output(), at.parameter(0), at.parameter(1));
        let saved = at.rows("statistics", self.groups.times(&Dim::new(2)));
        at.keep("statistics", saved);
        at.chunk("")
            .read("x", x)
            .write("y", y)
            .write("saved", saved)
            .call(
                "group_norm",
                "forward",
                arguments![
                    spec,
                    Argument::Examples,
                    "x",
                    scale,
                    shift,
                    &self.epsilon,
                    "y",
                    "saved"
                ],
            );
    }

    fn inference(&self, at: &mut At<'_>) {
        let spec = self.spec(at);
        let (x, y, scale, shift) = (at.input(0), at.output(), at.parameter(0), at.parameter(1));
        at.chunk("").read("x", x).write("y", y).call(
            "group_norm",
            "inference",
            arguments![
                spec,
                Argument::Examples,
                "x",
                scale,
                shift,
                &self.epsilon,
                "y"
            ],
        );
    }

    fn backward(&self, at: &mut At<'_>) {
        let spec = self.spec(at);
        let (scale, saved) = (at.parameter(0), at.kept("statistics"));
        let (x, dy) = (at.input(0), at.output_gradient());
        at.gradient_or_scratch(0, |at, dx| {
            at.chunk("gradient")
                .read("x", x)
                .read("saved", saved)
                .read("dy", dy)
                .write("dx", dx)
                .gradient("dscale", 0)
                .gradient("dshift", 1)
                .call(
                    "group_norm",
                    "backward",
                    arguments![
                        spec,
                        Argument::Examples,
                        "x",
                        "saved",
                        scale,
                        "dy",
                        "dx",
                        "dscale",
                        "dshift"
                    ],
                );
        });
    }
}

impl GroupNorm {
    /// The description of its sizes.
    fn spec(&self, at: &mut At<'_>) -> SpecId {
        let (positions, channels) = (at.positions(), at.input_shape(0).last());
        let arguments = vec![positions.into(), channels.into(), (&self.groups).into()];
        at.spec("group_norm", "GroupNorm", arguments)
    }
}

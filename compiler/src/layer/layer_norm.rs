//! `LayerNorm`: the last axis of each example with mean 0 and variance 1, then scaled and shifted
//! (Ba, Kiros and Hinton 2016).

use super::arguments::{Arguments, Signature};
use super::batch_norm::{check_axes, scale_and_shift};
use super::lower::Lower;
use super::{Entry, Layer};
use crate::attribute::{Attribute, Attributes};
use crate::check::{Check, Failed, Range};
use crate::diagnostic::Reported;
use crate::shape::{Dim, Number, Shape};
use crate::step::{At, arguments};
use crate::tensor::Tensor;

pub const ENTRY: Entry = Entry {
    keeps_shape: true,
    ..Entry::new(
        Signature {
            options: &["epsilon"],
            aliases: &["LayerNormalization"],
            input_first: true,
            ..Signature::new("LayerNorm")
        },
        build,
    )
};

#[derive(Debug)]
pub struct LayerNorm {
    pub(crate) epsilon: Number,
}

fn build(arguments: &mut Arguments<'_>) -> Result<Box<dyn Layer>, Reported> {
    let layer = LayerNorm {
        epsilon: arguments.number_or("epsilon", 1e-3, &Range::POSITIVE),
    };
    Ok(Box::new(layer))
}

impl Layer for LayerNorm {
    fn kind(&self) -> &'static str {
        "LayerNorm"
    }

    fn infer(&self, inputs: &[Shape], at: &mut Check<'_>) -> Result<Shape, Failed> {
        check_axes(self.kind(), &inputs[0], at)
    }

    fn tensors(&self, inputs: &[Shape]) -> Vec<Tensor> {
        scale_and_shift(&inputs[0].last())
    }

    fn attributes(&self, _inputs: &[Shape]) -> Attributes {
        vec![("epsilon", Attribute::Number(self.epsilon.clone()))]
    }

    /// Mean, difference, square, sum, scale, shift: about 8 for each element.
    fn flops(&self, _inputs: &[Shape], output: &Shape) -> Dim {
        output.size().times(&Dim::new(8))
    }
}

impl Lower for LayerNorm {
    fn forward(&self, at: &mut At<'_>) {
        let (features, rows) = (at.input_shape(0).last(), at.rows_before_last());
        let (x, y, scale, shift) = (at.input(0), at.output(), at.parameter(0), at.parameter(1));
        let saved = at.rows("statistics", at.positions().times(&Dim::new(2)));
        at.keep("statistics", saved);
        at.chunk("")
            .read("x", x)
            .write("y", y)
            .write("saved", saved)
            .call(
                "layer_norm",
                "forward",
                arguments![
                    features,
                    rows,
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
        let (features, rows) = (at.input_shape(0).last(), at.rows_before_last());
        let (x, y, scale, shift) = (at.input(0), at.output(), at.parameter(0), at.parameter(1));
        at.chunk("").read("x", x).write("y", y).call(
            "layer_norm",
            "inference",
            arguments![features, rows, "x", scale, shift, &self.epsilon, "y"],
        );
    }

    fn backward(&self, at: &mut At<'_>) {
        let (features, rows) = (at.input_shape(0).last(), at.rows_before_last());
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
                    "layer_norm",
                    "backward",
                    arguments![
                        features, rows, "x", "saved", scale, "dy", "dx", "dscale", "dshift"
                    ],
                );
        });
    }
}

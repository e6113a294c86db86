//! `RmsNorm`: the last axis of each example divided by the root of its mean square, then scaled
//! (Zhang and Sennrich 2019).

use shapeflow_terms::Init;

use super::arguments::{Arguments, Signature};
use super::batch_norm::check_axes;
use super::lower::Lower;
use super::{Entry, Layer};
use crate::attribute::{Attribute, Attributes};
use crate::check::{Check, Failed, Range};
use crate::diagnostic::Reported;
use crate::shape::{Dim, Number, Shape};
use crate::step::{At, arguments};
use crate::tensor::{Initial, Tensor};

pub const ENTRY: Entry = Entry {
    keeps_shape: true,
    ..Entry::new(
        Signature {
            options: &["epsilon"],
            aliases: &["RMSNorm", "RMSNormalization"],
            input_first: true,
            ..Signature::new("RmsNorm")
        },
        build,
    )
};

#[derive(Debug)]
pub struct RmsNorm {
    pub(crate) epsilon: Number,
}

fn build(arguments: &mut Arguments<'_>) -> Result<Box<dyn Layer>, Reported> {
    let layer = RmsNorm {
        epsilon: arguments.number_or("epsilon", 1e-6, &Range::POSITIVE),
    };
    Ok(Box::new(layer))
}

impl Layer for RmsNorm {
    fn kind(&self) -> &'static str {
        "RmsNorm"
    }

    fn infer(&self, inputs: &[Shape], at: &mut Check<'_>) -> Result<Shape, Failed> {
        check_axes(self.kind(), &inputs[0], at)
    }

    fn tensors(&self, inputs: &[Shape]) -> Vec<Tensor> {
        let features = vec![inputs[0].last()];
        vec![Tensor::trained(
            "scale",
            features,
            Initial::plain(&Init::Ones),
        )]
    }

    fn attributes(&self, _inputs: &[Shape]) -> Attributes {
        vec![("epsilon", Attribute::Number(self.epsilon.clone()))]
    }

    /// Square, sum, division, scale: 4 for each element.
    fn flops(&self, _inputs: &[Shape], output: &Shape) -> Dim {
        output.size().times(&Dim::new(4))
    }
}

impl Lower for RmsNorm {
    fn forward(&self, at: &mut At<'_>) {
        let (features, rows) = (at.input_shape(0).last(), at.rows_before_last());
        let (x, y, scale) = (at.input(0), at.output(), at.parameter(0));
        let saved = at.rows("roots", at.positions());
        at.keep("roots", saved);
        at.chunk("")
            .read("x", x)
            .write("y", y)
            .write("saved", saved)
            .call(
                "rms_norm",
                "forward",
                arguments![features, rows, "x", scale, &self.epsilon, "y", "saved"],
            );
    }

    fn inference(&self, at: &mut At<'_>) {
        let (features, rows) = (at.input_shape(0).last(), at.rows_before_last());
        let (x, y, scale) = (at.input(0), at.output(), at.parameter(0));
        at.chunk("").read("x", x).write("y", y).call(
            "rms_norm",
            "inference",
            arguments![features, rows, "x", scale, &self.epsilon, "y"],
        );
    }

    fn backward(&self, at: &mut At<'_>) {
        let (features, rows) = (at.input_shape(0).last(), at.rows_before_last());
        let (scale, saved) = (at.parameter(0), at.kept("roots"));
        let (x, dy) = (at.input(0), at.output_gradient());
        at.gradient_or_scratch(0, |at, dx| {
            at.chunk("gradient")
                .read("x", x)
                .read("saved", saved)
                .read("dy", dy)
                .write("dx", dx)
                .gradient("dscale", 0)
                .call(
                    "rms_norm",
                    "backward",
                    arguments![features, rows, "x", "saved", scale, "dy", "dx", "dscale"],
                );
        });
    }
}

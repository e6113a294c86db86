//! `LayerNorm`: the last axis of each example with mean 0 and variance 1, then scaled and shifted
//! (Ba, Kiros and Hinton 2016).

use super::arguments::Arguments;
use super::batch_norm::{check_axes, scale_and_shift};
use super::{Entry, Inputs, Layer};
use crate::diagnostic::Reported;
use crate::shape::typed::Parameter;
use crate::shape::{Check, Dim, Failed, Number, Shape};

pub const ENTRY: Entry = Entry {
    name: "LayerNorm",
    example: "LayerNorm",
    required: &[],
    optional: &[],
    options: &["epsilon"],
    flags: &[],
    inputs: Inputs::One,
    build,
};

#[derive(Debug)]
pub struct LayerNorm {
    pub(crate) epsilon: Number,
}

fn build(arguments: &mut Arguments<'_>) -> Result<Box<dyn Layer>, Reported> {
    let layer = LayerNorm {
        epsilon: arguments.number_or("epsilon", 1e-3, "a number above 0", |n| n > 0.0),
    };
    arguments.finish()?;
    Ok(Box::new(layer))
}

impl Layer for LayerNorm {
    fn kind(&self) -> &'static str {
        "LayerNorm"
    }

    fn infer(&self, inputs: &[Shape], at: &mut Check<'_>) -> Result<Shape, Failed> {
        check_axes(self.kind(), &inputs[0], at)
    }

    fn parameters(&self, inputs: &[Shape]) -> Vec<Parameter> {
        scale_and_shift(&inputs[0].last())
    }

    /// Mean, difference, square, sum, scale, shift: about 8 for each element.
    fn flops(&self, _inputs: &[Shape], output: &Shape) -> Dim {
        output.size().times(&Dim::new(8))
    }
}

//! `GroupNorm(8)`: each group of channels of each example with mean 0 and variance 1, then scaled and
//! shifted per channel (Wu and He 2018).

use super::arguments::{Arguments, divisors};
use super::batch_norm::{check_axes, scale_and_shift};
use super::{Entry, Inputs, Layer};
use crate::diagnostic::Reported;
use crate::shape::typed::Parameter;
use crate::shape::{Check, Dim, Failed, Number, Shape};
use crate::words::words;

pub const ENTRY: Entry = Entry {
    name: "GroupNorm",
    example: "GroupNorm(8)",
    required: &["groups"],
    optional: &[],
    options: &["epsilon"],
    flags: &[],
    inputs: Inputs::One,
    build,
};

#[derive(Debug)]
pub struct GroupNorm {
    pub(crate) groups: Dim,
    pub(crate) epsilon: Number,
}

fn build(arguments: &mut Arguments<'_>) -> Result<Box<dyn Layer>, Reported> {
    let layer = GroupNorm {
        groups: arguments.dim("groups"),
        epsilon: arguments.number_or("epsilon", 1e-3, "a number above 0", |n| n > 0.0),
    };
    arguments.finish()?;
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
            let mut d = at
                .error("groups-do-not-divide", message)
                .help_if(divisors(&channels));
            d.place = place;
            d
        })
        .map_err(|reported| reported.instead(shape.clone()))?;
        Ok(shape)
    }

    fn parameters(&self, inputs: &[Shape]) -> Vec<Parameter> {
        scale_and_shift(&inputs[0].last())
    }

    /// As for `LayerNorm`.
    fn flops(&self, _inputs: &[Shape], output: &Shape) -> Dim {
        output.size().times(&Dim::new(8))
    }
}

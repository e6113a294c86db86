//! `Dropout(0.5)`: in training, zeroes values at random and scales up the others (Srivastava et al. 2014).

use super::arguments::Arguments;
use super::{Entry, Inputs, Layer};
use crate::diagnostic::Reported;
use crate::shape::{Check, Dim, Failed, Number, Shape};

pub const ENTRY: Entry = Entry {
    name: "Dropout",
    example: "Dropout(0.5)",
    required: &["rate"],
    optional: &[],
    options: &[],
    flags: &[],
    inputs: Inputs::One,
    build,
};

#[derive(Debug)]
pub struct Dropout {
    /// The share of values that are zeroed.
    pub(crate) rate: Number,
}

fn build(arguments: &mut Arguments<'_>) -> Result<Box<dyn Layer>, Reported> {
    let layer = Dropout {
        rate: arguments.number("rate", "a number from 0 to below 1", |n| {
            (0.0..1.0).contains(&n)
        }),
    };
    arguments.finish()?;
    Ok(Box::new(layer))
}

impl Layer for Dropout {
    fn kind(&self) -> &'static str {
        "Dropout"
    }

    fn infer(&self, inputs: &[Shape], _at: &mut Check<'_>) -> Result<Shape, Failed> {
        Ok(inputs[0].clone())
    }

    /// Inference leaves it out.
    fn flops(&self, _inputs: &[Shape], _output: &Shape) -> Dim {
        Dim::new(0)
    }
}

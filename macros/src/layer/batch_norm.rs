//! `BatchNorm`: each channel with mean 0 and variance 1 over the batch, then scaled and shifted
//! (Ioffe and Szegedy 2015).

use super::arguments::Arguments;
use super::{Entry, Inputs, Layer};
use crate::diagnostic::Reported;
use crate::shape::typed::{Parameter, Rule};
use crate::shape::{Check, Dim, Failed, Number, Shape};

pub const ENTRY: Entry = Entry {
    name: "BatchNorm",
    example: "BatchNorm",
    required: &[],
    optional: &[],
    options: &["momentum", "epsilon"],
    flags: &[],
    inputs: Inputs::One,
    build,
};

#[derive(Debug)]
pub struct BatchNorm {
    /// How much of the running statistics stays at each step.
    pub(crate) momentum: Number,
    pub(crate) epsilon: Number,
}

fn build(arguments: &mut Arguments<'_>) -> Result<Box<dyn Layer>, Reported> {
    let layer = BatchNorm {
        momentum: arguments.number_or("momentum", 0.99, "a number from 0 to 1", |n| {
            (0.0..=1.0).contains(&n)
        }),
        epsilon: arguments.number_or("epsilon", 1e-3, "a number above 0", |n| n > 0.0),
    };
    arguments.finish()?;
    Ok(Box::new(layer))
}

/// The tensors of a norm over the channels.
pub fn scale_and_shift(channels: &Dim) -> Vec<Parameter> {
    let parameter = |name, rule: Rule| Parameter {
        name,
        shape: vec![channels.clone()],
        init: rule.plain(),
        trained: true,
    };
    vec![
        parameter("scale", Rule::Ones),
        parameter("shift", Rule::Zeros),
    ]
}

/// What every norm wants: at least one axis.
pub fn check_axes(kind: &str, input: &Shape, at: &mut Check<'_>) -> Result<Shape, Failed> {
    if input.rank() > 0 {
        return Ok(input.clone());
    }
    let error = at
        .error(
            "wants-an-axis",
            format!("`{kind}` wants at least one axis, found []"),
        )
        .help("a single number is declared as `[1]`");
    Err(at.report(error).into())
}

impl Layer for BatchNorm {
    fn kind(&self) -> &'static str {
        "BatchNorm"
    }

    fn infer(&self, inputs: &[Shape], at: &mut Check<'_>) -> Result<Shape, Failed> {
        check_axes(self.kind(), &inputs[0], at)
    }

    fn parameters(&self, inputs: &[Shape]) -> Vec<Parameter> {
        let channels = inputs[0].last();
        let mut parameters = scale_and_shift(&channels);
        for (name, rule) in [
            ("running_mean", Rule::Zeros),
            ("running_variance", Rule::Ones),
        ] {
            parameters.push(Parameter {
                name,
                shape: vec![channels.clone()],
                init: rule.plain(),
                trained: false,
            });
        }
        parameters
    }

    fn flops(&self, _inputs: &[Shape], output: &Shape) -> Dim {
        output.size().times(&Dim::new(2))
    }
}

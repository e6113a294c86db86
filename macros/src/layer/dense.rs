//! `Dense(units)`: `y = x W + b` over the last axis.

use super::arguments::Arguments;
use super::{Entry, Inputs, Layer, init};
use crate::diagnostic::Reported;
use crate::shape::typed::{Parameter, Rule};
use crate::shape::{Check, Dim, Failed, Shape};
use crate::words::{Words, words};

pub const ENTRY: Entry = Entry {
    name: "Dense",
    example: "Dense(64)",
    required: &["units"],
    optional: &[],
    options: &["bias", "init", "bias_init"],
    flags: &[],
    inputs: Inputs::One,
    build,
};

#[derive(Debug)]
pub struct Dense {
    pub(crate) units: Dim,
    pub(crate) bias: bool,
    pub(crate) init: Rule,
    pub(crate) bias_init: Rule,
}

fn build(arguments: &mut Arguments<'_>) -> Result<Box<dyn Layer>, Reported> {
    let layer = Dense {
        units: arguments.dim("units"),
        bias: arguments.flag("bias", true),
        init: init::read(arguments, "init", Rule::GlorotUniform),
        bias_init: init::read(arguments, "bias_init", Rule::Zeros),
    };
    arguments.finish()?;
    Ok(Box::new(layer))
}

impl Layer for Dense {
    fn kind(&self) -> &'static str {
        "Dense"
    }

    fn infer(&self, inputs: &[Shape], at: &mut Check<'_>) -> Result<Shape, Failed> {
        let input = &inputs[0];
        match input.rank() {
            1 | 2 => Ok(input.with_last(self.units.clone())),
            _ => {
                let wants = words!["`Dense` wants one axis, found ", input];
                let error = at.error("wants-one-axis", wants).help(flatten_help(input));
                Err(at
                    .report(error)
                    .instead(Shape::new(vec![self.units.clone()])))
            }
        }
    }

    fn parameters(&self, inputs: &[Shape]) -> Vec<Parameter> {
        let features = inputs[0].last();
        let mut parameters = vec![Parameter {
            name: "weight",
            shape: vec![features.clone(), self.units.clone()],
            init: self.init.with_fans(features, self.units.clone()),
            trained: true,
        }];
        if self.bias {
            parameters.push(Parameter {
                name: "bias",
                shape: vec![self.units.clone()],
                init: self.bias_init.clone().plain(),
                trained: true,
            });
        }
        parameters
    }

    fn flops(&self, inputs: &[Shape], output: &Shape) -> Dim {
        let products = inputs[0].last().times(&output.size()).times(&Dim::new(2));
        match self.bias {
            true => products.plus(&output.size()),
            false => products,
        }
    }
}

/// `` insert `-> Flatten` before it: 13 * 13 * 8 = 1352 features ``.
fn flatten_help(input: &Shape) -> Words {
    let factors: Vec<String> = input.axes().iter().map(ToString::to_string).collect();
    match (input.rank(), input.size().known()) {
        (0, _) => "its input is a single number: declare it as `[1]`".into(),
        (_, Some(size)) => words![format!(
            "insert `-> Flatten` before it: {} = {size} features",
            factors.join(" * ")
        )],
        _ => "insert `-> Flatten` before it".into(),
    }
}

//! `Dropout(0.5)`: in training, zeroes values at random and scales up the others (Srivastava et al. 2014).

use super::arguments::{Arguments, Range};
use super::{Entry, Inputs, Layer};
use super::lower::{Lower, Role};
use crate::attribute::{Attribute, Attributes};
use crate::diagnostic::Reported;
use crate::step::{Argument, At, arguments};
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
        rate: arguments.number("rate", &Range::BELOW_ONE),
    };
    Ok(Box::new(layer))
}

impl Layer for Dropout {
    fn kind(&self) -> &'static str {
        "Dropout"
    }

    fn infer(&self, inputs: &[Shape], _at: &mut Check<'_>) -> Result<Shape, Failed> {
        Ok(inputs[0].clone())
    }

    fn attributes(&self, _inputs: &[Shape]) -> Attributes {
        vec![("rate", Attribute::Number(self.rate.clone()))]
    }

    /// Inference leaves it out.
    fn flops(&self, _inputs: &[Shape], _output: &Shape) -> Dim {
        Dim::new(0)
    }
}

impl Lower for Dropout {
    fn role(&self) -> Role {
        Role::TrainingOnly
    }

    fn forward(&self, at: &mut At<'_>) {
        let before = Argument::Before(at.output_shape().size());
        let (x, y) = (at.input(0), at.output());
        at.chunk("").read("x", x).write("y", y).key("key").call(
            "dropout",
            "forward",
            arguments![&self.rate, "key", before, "x", "y"],
        );
    }

    fn backward(&self, at: &mut At<'_>) {
        let before = Argument::Before(at.output_shape().size());
        let dy = at.output_gradient();
        let overwritten = at.overwrite_gradient(0, |at, d| {
            at.chunk("input gradient").update("d", d).key("key").call(
                "dropout",
                "backward_in_place",
                arguments![&self.rate, "key", before.clone(), "d"],
            );
        });
        if overwritten {
            return;
        }
        at.input_gradient(0, false, |at, dx, _| {
            at.chunk("input gradient")
                .read("dy", dy)
                .write("dx", dx)
                .key("key")
                .call(
                    "dropout",
                    "backward",
                    arguments![&self.rate, "key", before, "dy", "dx"],
                );
        });
    }
}

//! `Dropout(0.5)`: in training, zeroes values at random and scales up the others (Srivastava et al. 2014).

use super::arguments::{Arguments, Datum, Extra, Signature};
use super::lower::{Lower, Role};
use super::{Entry, Layer};
use crate::attribute::{Attribute, Attributes};
use crate::check::{Check, Failed, Range};
use crate::diagnostic::Reported;
use crate::shape::{Dim, Number, Shape};
use crate::step::{Argument, At, arguments};

pub const ENTRY: Entry = Entry {
    keeps_shape: true,
    ..Entry::new(
        Signature {
            example: "Dropout(0.5)",
            required: &["rate"],
            aliases: &["Dropout2d", "SpatialDropout2D"],
            meant_by_extra,
            ..Signature::new("Dropout")
        },
        build,
    )
};

#[derive(Debug)]
pub struct Dropout {
    /// The share of values that are zeroed.
    pub(crate) rate: Number,
}

fn build(arguments: &mut Arguments<'_>) -> Result<Box<dyn Layer>, Reported> {
    let layer = Dropout {
        rate: arguments.number("rate", &Range::SHARE),
    };
    Ok(Box::new(layer))
}

/// `Dropout(0,5)`
fn meant_by_extra(extra: &Extra<'_>) -> Option<String> {
    match (extra.before, &extra.given.datum) {
        ([zero], Datum::Whole(_)) if zero.written == "0" => Some(format!(
            "write `Dropout(0.{})`, with a point",
            extra.given.written
        )),
        _ => None,
    }
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

    fn is_mistake_twice(&self) -> bool {
        true
    }

    fn mistake_at_end(&self) -> Option<&'static str> {
        Some("zeroes outputs at random")
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

//! `Softmax` over the last axis: scores to probabilities, or for `LogSoftmax` to their logarithms.

use shapeflow_terms::Link;

use super::arguments::Signature;
use super::lower::Lower;
use super::{Entry, Layer};
use crate::check::{Check, Failed};
use crate::shape::{Dim, Shape};
use crate::step::{At, arguments};
use crate::words::words;

pub const ENTRY: Entry = Entry {
    keeps_shape: true,
    ..Entry::new(Signature::new("Softmax"), |_| {
        Ok(Box::new(Softmax { log: false }))
    })
};

#[derive(Debug)]
pub struct Softmax {
    /// The logarithm of the probabilities.
    pub(crate) log: bool,
}

impl Layer for Softmax {
    fn kind(&self) -> &'static str {
        if self.log { "LogSoftmax" } else { "Softmax" }
    }

    fn infer(&self, inputs: &[Shape], at: &mut Check<'_>) -> Result<Shape, Failed> {
        let shape = &inputs[0];
        let classes = shape.last();
        if shape.rank() == 0 || classes.is_one() {
            let message = words![
                format!(
                    "`{}` over one class is always the same, found ",
                    self.kind()
                ),
                shape
            ];
            let error = at
                .error("softmax-of-one", message)
                .help("write `Sigmoid` for one yes-or-no answer");
            return Err(at.report(error).instead(shape.clone()));
        }
        Ok(shape.clone())
    }

    /// Maximum, difference, exponential, sum, division.
    fn flops(&self, _inputs: &[Shape], output: &Shape) -> Dim {
        output.size().times(&Dim::new(5))
    }

    fn link(&self) -> Option<Link> {
        Some(if self.log {
            Link::LogSoftmax
        } else {
            Link::Softmax
        })
    }
}

impl Lower for Softmax {
    fn forward(&self, at: &mut At<'_>) {
        let function = match self.log {
            true => "log_softmax_forward",
            false => "forward",
        };
        let (size, rows) = (at.input_shape(0).last(), at.rows_before_last());
        let (x, y) = (at.input(0), at.output());
        at.chunk("").read("x", x).write("y", y).call(
            "softmax",
            function,
            arguments![size, rows, "x", "y"],
        );
    }

    fn backward(&self, at: &mut At<'_>) {
        let function = match self.log {
            true => "log_softmax_backward",
            false => "backward",
        };
        let (size, rows) = (at.input_shape(0).last(), at.rows_before_last());
        let (y, dy) = (at.output(), at.output_gradient());
        at.input_gradient(0, false, |at, dx, _| {
            at.chunk("input gradient")
                .read("y", y)
                .read("dy", dy)
                .write("dx", dx)
                .call("softmax", function, arguments![size, rows, "y", "dy", "dx"]);
        });
    }
}

//! `MaxPool2d(2)`: the largest value of each window, per channel.

use super::arguments::{Arguments, Signature};
use super::lower::{Lower, forward_by_spec, pool_spec};
use super::window::{self, Window, same_padding};
use super::{Entry, Layer};
use crate::attribute::Attributes;
use crate::check::{Check, Failed};
use crate::diagnostic::Reported;
use crate::shape::{Dim, Shape};
use crate::step::{Argument, At, arguments};
use crate::words::Words;

pub const ENTRY: Entry = Entry::new(
    Signature {
        example: "MaxPool2d(2)",
        required: &["size"],
        options: &["stride", "padding"],
        aliases: &["MaxPool", "MaxPooling2D"],
        words: &[window::PADDING],
        meant_by_extra: window::stride_by_position,
        ..Signature::new("MaxPool2d")
    },
    build,
);

#[derive(Debug)]
pub struct MaxPool2d {
    pub(crate) window: Window,
}

fn build(arguments: &mut Arguments<'_>) -> Result<Box<dyn Layer>, Reported> {
    let window = Window::of_pool(arguments);
    Ok(Box::new(MaxPool2d { window }))
}

impl Layer for MaxPool2d {
    fn kind(&self) -> &'static str {
        "MaxPool2d"
    }

    fn infer(&self, inputs: &[Shape], at: &mut Check<'_>) -> Result<Shape, Failed> {
        self.window.pooled(self.kind(), &inputs[0], at)
    }

    fn attributes(&self, inputs: &[Shape]) -> Attributes {
        self.window.pool_attributes(&inputs[0])
    }

    fn flops(&self, _inputs: &[Shape], output: &Shape) -> Dim {
        output.size().times(&Dim::product(&self.window.kernel))
    }

    fn adapted(&self, found: &Shape, wanted: &Shape) -> Option<Words> {
        same_padding(found, wanted)
    }
}

impl Lower for MaxPool2d {
    fn forward(&self, at: &mut At<'_>) {
        let spec = pool_spec(&self.window, at);
        forward_by_spec("max_pool2d", spec, at);
    }

    fn backward(&self, at: &mut At<'_>) {
        let spec = pool_spec(&self.window, at);
        let (x, y, dy) = (at.input(0), at.output(), at.output_gradient());
        let function = match at.undo_relu_of_input(0) {
            true => "backward_through_relu",
            false => "backward",
        };
        at.input_gradient(0, false, |at, dx, _| {
            at.chunk("input gradient")
                .read("x", x)
                .read("y", y)
                .read("dy", dy)
                .write("dx", dx)
                .call(
                    "max_pool2d",
                    function,
                    arguments![spec, Argument::Examples, "x", "y", "dy", "dx"],
                );
        });
    }
}

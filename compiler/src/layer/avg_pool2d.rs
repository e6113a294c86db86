//! `AvgPool2d(2)`: the mean of each window, per channel; padding isn't counted.

use super::arguments::{Arguments, Signature};
use super::lower::{Lower, backward_by_spec, forward_by_spec, pool_spec};
use super::window::{self, Window, same_padding};
use super::{Entry, Layer};
use crate::attribute::Attributes;
use crate::check::{Check, Failed};
use crate::diagnostic::Reported;
use crate::shape::{Dim, Shape};
use crate::step::At;
use crate::words::Words;

pub const ENTRY: Entry = Entry::new(
    Signature {
        example: "AvgPool2d(2)",
        required: &["size"],
        options: &["stride", "padding"],
        aliases: &["AvgPool", "AveragePooling2D", "AveragePool2d"],
        words: &[window::PADDING],
        meant_by_extra: window::stride_by_position,
        ..Signature::new("AvgPool2d")
    },
    build,
);

#[derive(Debug)]
pub struct AvgPool2d {
    pub(crate) window: Window,
}

fn build(arguments: &mut Arguments<'_>) -> Result<Box<dyn Layer>, Reported> {
    let window = Window::of_pool(arguments);
    Ok(Box::new(AvgPool2d { window }))
}

impl Layer for AvgPool2d {
    fn kind(&self) -> &'static str {
        "AvgPool2d"
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

impl Lower for AvgPool2d {
    fn forward(&self, at: &mut At<'_>) {
        let spec = pool_spec(&self.window, at);
        forward_by_spec("avg_pool2d", spec, at);
    }

    fn backward(&self, at: &mut At<'_>) {
        let spec = pool_spec(&self.window, at);
        backward_by_spec("avg_pool2d", spec, at);
    }
}

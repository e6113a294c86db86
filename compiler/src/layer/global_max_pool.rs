//! `GlobalMaxPool`: the largest value of each channel: `[height, width, channels]` to `[channels]`.

use super::arguments::Signature;
use super::lower::{Lower, forward_by_spec, global_pool_spec};
use super::{Entry, Layer, image};
use crate::check::{Check, Failed};
use crate::shape::{Dim, Shape};
use crate::step::{Argument, At, arguments};

pub const ENTRY: Entry = Entry::new(
    Signature {
        aliases: &["GlobalMaxPooling2D", "GlobalMaxPool2d", "AdaptiveMaxPool2d"],
        ..Signature::new("GlobalMaxPool")
    },
    |_| Ok(Box::new(GlobalMaxPool)),
);

#[derive(Debug)]
pub struct GlobalMaxPool;

impl Layer for GlobalMaxPool {
    fn kind(&self) -> &'static str {
        "GlobalMaxPool"
    }

    fn infer(&self, inputs: &[Shape], at: &mut Check<'_>) -> Result<Shape, Failed> {
        let instead = Shape::new(vec![inputs[0].last()]);
        let [_, _, channels] = image::axes(self.kind(), &inputs[0], at, instead)?;
        Ok(Shape::new(vec![channels]))
    }

    fn flops(&self, inputs: &[Shape], _output: &Shape) -> Dim {
        inputs[0].size()
    }
}

impl Lower for GlobalMaxPool {
    fn forward(&self, at: &mut At<'_>) {
        let spec = global_pool_spec(at);
        forward_by_spec("global_max_pool", spec, at);
    }

    fn backward(&self, at: &mut At<'_>) {
        let spec = global_pool_spec(at);
        let (x, y, dy) = (at.input(0), at.output(), at.output_gradient());
        at.input_gradient(0, false, |at, dx, _| {
            at.chunk("input gradient")
                .read("x", x)
                .read("y", y)
                .read("dy", dy)
                .write("dx", dx)
                .call(
                    "global_max_pool",
                    "backward",
                    arguments![spec, Argument::Examples, "x", "y", "dy", "dx"],
                );
        });
    }
}

//! `GlobalAvgPool`: the mean of each channel: `[height, width, channels]` to `[channels]`.

use super::arguments::Signature;
use super::lower::{Lower, backward_by_spec, forward_by_spec, global_pool_spec};
use super::{Entry, Layer, image};
use crate::check::{Check, Failed};
use crate::shape::{Dim, Shape};
use crate::step::At;

pub const ENTRY: Entry = Entry::new(
    Signature {
        aliases: &[
            "GlobalAveragePooling2D",
            "GlobalAvgPool2d",
            "AdaptiveAvgPool2d",
        ],
        ..Signature::new("GlobalAvgPool")
    },
    |_| Ok(Box::new(GlobalAvgPool)),
);

#[derive(Debug)]
pub struct GlobalAvgPool;

impl Layer for GlobalAvgPool {
    fn kind(&self) -> &'static str {
        "GlobalAvgPool"
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

impl Lower for GlobalAvgPool {
    fn forward(&self, at: &mut At<'_>) {
        let spec = global_pool_spec(at);
        forward_by_spec("global_avg_pool", spec, at);
    }

    fn backward(&self, at: &mut At<'_>) {
        let spec = global_pool_spec(at);
        backward_by_spec("global_avg_pool", spec, at);
    }
}

//! `GlobalAvgPool`: the mean of each channel: `[height, width, channels]` to `[channels]`.

use super::{Entry, Layer, image};
use crate::shape::{Check, Dim, Failed, Shape};

pub const ENTRY: Entry = Entry::new("GlobalAvgPool", |arguments| {
    arguments.finish()?;
    Ok(Box::new(GlobalAvgPool))
});

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

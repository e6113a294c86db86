//! `GlobalAvgPool`: the mean of each channel: `[height, width, channels]` to `[channels]`.

use super::arguments::Signature;
use super::lower::global_pool_spec;
use super::{Entry, Layer, image};
use crate::check::{Check, Failed};
use crate::layer::Lower;
use crate::shape::{Dim, Shape};
use crate::step::At;
use quote::quote;

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
    fn forward(&self, at: &mut At<'_, '_>) {
        let spec = global_pool_spec(at);
        let (x, y) = (at.input(0), at.output());
        at.chunk("")
            .read("x", x)
            .write("y", y)
            .call(quote!(sf::global_avg_pool::forward(&#spec, n, x, y);));
    }

    fn backward(&self, at: &mut At<'_, '_>) {
        let spec = global_pool_spec(at);
        let dy = at.output_gradient();
        at.input_gradient(0, false, |at, dx, _| {
            at.chunk("input gradient")
                .read("dy", dy)
                .write("dx", dx)
                .call(quote! {
                    sf::global_avg_pool::backward(&#spec, n, dy, dx);
                });
        });
    }
}

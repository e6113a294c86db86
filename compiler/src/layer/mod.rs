//! The layers of the language: one file each, and the table in which the compiler finds them.

mod activation;
pub mod alias;
pub mod arguments;
mod avg_pool2d;
mod batch_norm;
mod concat;
mod conv2d;
mod conv_transpose2d;
mod dense;
mod dropout;
pub mod elementwise;
mod entry;
mod flatten;
mod global_avg_pool;
mod global_max_pool;
mod group_norm;
pub mod image;
mod init;
mod layer_norm;
mod lower;
mod max_pool2d;
mod pad;
mod permute;
mod reshape;
mod softmax;
mod upsample2d;
mod window;

use std::fmt::Debug;

use crate::check::{Check, Failed};
use crate::shape::typed::{Link, Parameter};
use crate::shape::{Dim, Shape};
use crate::words::Words;

pub use entry::{Entry, Inputs};
pub use lower::{Folding, Lower};

/// All layers that are written by name. A new layer is one line here.
pub const REGISTRY: &[&Entry] = &[
    &dense::ENTRY,
    &conv2d::ENTRY,
    &conv_transpose2d::ENTRY,
    &max_pool2d::ENTRY,
    &avg_pool2d::ENTRY,
    &global_avg_pool::ENTRY,
    &global_max_pool::ENTRY,
    &batch_norm::ENTRY,
    &layer_norm::ENTRY,
    &group_norm::ENTRY,
    &dropout::ENTRY,
    &flatten::ENTRY,
    &reshape::ENTRY,
    &permute::ENTRY,
    &pad::ENTRY,
    &upsample2d::ENTRY,
    &concat::ENTRY,
    &activation::RELU,
    &activation::RELU6,
    &activation::LEAKY_RELU,
    &activation::ELU,
    &activation::GELU,
    &activation::SILU,
    &activation::MISH,
    &activation::HARD_SWISH,
    &activation::SIGMOID,
    &activation::TANH,
    &activation::SOFTPLUS,
    &softmax::SOFTMAX,
    &softmax::LOG_SOFTMAX,
];

/// The entry of a layer.
pub fn find(name: &str) -> Option<&'static Entry> {
    REGISTRY
        .iter()
        .find(|entry| entry.signature.name == name)
        .copied()
}

/// The names of all layers.
pub fn names() -> impl Iterator<Item = &'static str> {
    REGISTRY.iter().map(|entry| entry.signature.name)
}

/// A layer with its arguments worked out.
pub trait Layer: Debug + Lower {
    /// Its name in the language: `Conv2d`.
    fn kind(&self) -> &'static str;

    /// The shape of its output.
    ///
    /// # Errors
    /// What is wrong is reported through `at`; the graph goes on with the shape in [`Failed`].
    fn infer(&self, inputs: &[Shape], at: &mut Check<'_>) -> Result<Shape, Failed>;

    /// Its tensors, trained ones and state, in the order in which they are saved.
    fn parameters(&self, _inputs: &[Shape]) -> Vec<Parameter> {
        Vec::new()
    }

    /// Operations of one forward pass for one example; a multiplication with its addition is two.
    fn flops(&self, inputs: &[Shape], output: &Shape) -> Dim;

    /// What it becomes at a model's end.
    fn link(&self) -> Option<Link> {
        None
    }

    /// What to change in it so that `wanted` comes out instead of `found`, for a help line.
    fn adapted(&self, _found: &Shape, _wanted: &Shape) -> Option<Words> {
        None
    }

    /// Whether a second one right behind it is surely not meant.
    fn is_mistake_twice(&self) -> bool {
        false
    }

    /// Whether it takes away what the layer before it added to each channel.
    fn undoes_bias(&self) -> bool {
        false
    }

    /// What it does to a model's output, if that is surely not meant.
    fn mistake_at_end(&self) -> Option<&'static str> {
        None
    }
}

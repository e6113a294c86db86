//! The layers of the language: one file each, and the table in which the compiler finds them.

/// Declares the files of layers and lists what they say of themselves: a new layer is one line.
macro_rules! layers {
    ($(mod $layer:ident;)*) => {
        $(mod $layer;)*

        /// The layers of this room that are written by name, in the order in which messages name them.
        pub const REGISTRY: &[&$crate::layer::Entry] = &[$(&$layer::ENTRY),*];
    };
}

pub mod activation;
pub mod alias;
pub mod arguments;
pub mod elementwise;
mod entry;
pub mod image;
mod init;
mod lower;
mod window;

use std::fmt::Debug;

use shapeflow_terms::Link;

use crate::attribute::Attributes;
use crate::check::{Check, Failed};
use crate::shape::{Dim, Shape};
use crate::tensor::Tensor;
use crate::words::Words;

pub use entry::{Entry, Inputs};
pub use lower::{Lower, Role};

layers! {
    mod dense;
    mod conv2d;
    mod conv_transpose2d;
    mod max_pool2d;
    mod avg_pool2d;
    mod global_avg_pool;
    mod global_max_pool;
    mod batch_norm;
    mod layer_norm;
    mod group_norm;
    mod rms_norm;
    mod dropout;
    mod flatten;
    mod reshape;
    mod permute;
    mod pad;
    mod upsample2d;
    mod concat;
    mod softmax;
    mod log_softmax;
}

/// All layers that are written by name.
pub fn all() -> impl Iterator<Item = &'static Entry> {
    REGISTRY.iter().chain(activation::REGISTRY).copied()
}

/// The entry of a layer.
pub fn find(name: &str) -> Option<&'static Entry> {
    all().find(|entry| entry.signature.name == name)
}

/// Whether the argument `name` of a layer of this kind is given by its place, or as a flag, not by its name. What stands
/// for an operator has no names.
pub fn is_in_place(kind: &str, name: &str) -> bool {
    let signature = find(kind).map(|entry| &entry.signature);
    signature.is_none_or(|signature| {
        let in_place = signature.required.iter().chain(signature.optional);
        in_place.chain(signature.flags).any(|known| *known == name)
    })
}

/// The names of all layers.
pub fn names() -> impl Iterator<Item = &'static str> {
    all().map(|entry| entry.signature.name)
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
    fn tensors(&self, _inputs: &[Shape]) -> Vec<Tensor> {
        Vec::new()
    }

    /// What it was told, by name, in the order of its arguments; where it helps a reader, worked out: padding in pixels.
    fn attributes(&self, _inputs: &[Shape]) -> Attributes {
        Vec::new()
    }

    /// Operations of one forward pass for one example; a multiplication with its addition is two.
    fn flops(&self, inputs: &[Shape], output: &Shape) -> Dim;

    /// How many values of each channel one example gives, in a layer that takes statistics over the whole batch in training.
    fn batch_statistics(&self, _inputs: &[Shape]) -> Option<Dim> {
        None
    }

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

//! The layers of the language: one file each, and the table in which the compiler finds them.

/// Declares the files of layers and lists what they say of themselves: a new layer is one line.
macro_rules! layers {
    ($(mod $layer:ident;)*) => {
        $(mod $layer;)*

        /// The layers of this room that are written by name, in the order in which messages name them.
        pub const REGISTRY: &[&$crate::layer::Entry] = &[$(&$layer::ENTRY),*];
    };
}
use layers;

pub mod activation;
pub mod alias;
pub mod arguments;
pub mod elementwise;
pub mod image;
mod init;
mod lower;
mod window;

use std::fmt::Debug;

use shapeflow_terms::Link;

use crate::attribute::Attributes;
use crate::diagnostic::Reported;
use crate::shape::{Check, Dim, Failed, Shape};
use crate::tensor::Tensor;
use arguments::Arguments;

pub use lower::{Folding, Lower, Role, Takes};

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
    all().find(|entry| entry.name == name)
}

/// Whether the shape that comes out is always the one that goes in.
pub fn keeps_shape(name: &str) -> bool {
    let activations = all().filter(|entry| entry.required.is_empty());
    let mut activations = activations.map(|entry| entry.name);
    let others = ["Dropout", "GroupNorm"];
    let changes = ["Flatten", "GlobalAvgPool", "GlobalMaxPool", "Concat"];
    others.contains(&name) || activations.any(|known| known == name) && !changes.contains(&name)
}

/// The names of initial weights, with the rule that each stands for.
pub fn initialisers() -> &'static [(&'static str, &'static str)] {
    shapeflow_terms::Init::<f32>::WORDS
}

/// The names of all layers.
pub fn names() -> impl Iterator<Item = &'static str> {
    all().map(|entry| entry.name)
}

/// How a layer is written.
#[derive(Debug)]
pub struct Entry {
    pub name: &'static str,
    /// How it is written, for error messages.
    pub example: &'static str,
    /// Arguments by position, which must be given.
    pub required: &'static [&'static str],
    /// Arguments by position or name, which may be left out.
    pub optional: &'static [&'static str],
    /// Arguments by name.
    pub options: &'static [&'static str],
    /// Options that are true when their name stands alone.
    pub flags: &'static [&'static str],
    /// How many values it takes.
    pub inputs: Inputs,
    pub build: fn(&mut Arguments<'_>) -> Result<Box<dyn Layer>, Reported>,
}

/// How many values a layer takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inputs {
    One,
    /// A tuple.
    Several,
}

impl Entry {
    /// A layer without arguments.
    const fn new(
        name: &'static str,
        build: fn(&mut Arguments<'_>) -> Result<Box<dyn Layer>, Reported>,
    ) -> Entry {
        Entry {
            name,
            example: name,
            required: &[],
            optional: &[],
            options: &[],
            flags: &[],
            inputs: Inputs::One,
            build,
        }
    }

    /// The names of all arguments.
    pub fn all(&self) -> impl Iterator<Item = &'static str> {
        let by_position = self.required.iter().chain(self.optional);
        by_position.chain(self.options).chain(self.flags).copied()
    }

    /// The arguments by position: `filters, kernel`.
    pub fn signature(&self) -> String {
        let names: Vec<&str> = self.required.iter().chain(self.optional).copied().collect();
        names.join(", ")
    }
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

    /// What it becomes at a model's end.
    fn link(&self) -> Option<Link> {
        None
    }
}

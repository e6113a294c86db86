//! The layers of the language: one file each, and the table in which the compiler finds them.

use std::fmt::Debug;

use crate::shape::typed::{Link, Parameter};
use crate::shape::{Check, Dim, Failed, Shape};

/// A layer with its arguments worked out.
pub trait Layer: Debug {
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
}

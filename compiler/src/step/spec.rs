//! What describes an operation's sizes to its kernels.

use crate::shape::{Dim, Shape};

/// A value of a type of the runtime, made once by the type's `new` and lent to every call: `conv2d::Conv2d::new(..)`.
/// Operations of the same sizes share one.
#[derive(Clone, Debug)]
pub struct Spec {
    /// The operation that asked for it first.
    pub name: String,
    pub module: &'static str,
    pub kind: &'static str,
    pub arguments: Vec<Field>,
}

/// An argument of the function that makes it.
#[derive(Clone, Debug, PartialEq)]
pub enum Field {
    Size(Dim),
    Pair([Dim; 2]),
    /// `[height, width, channels]`
    Picture([Dim; 3]),
    /// `[[top, bottom], [left, right]]`
    Sides([[Dim; 2]; 2]),
    /// The sizes of axes, lent.
    Shape(Shape),
    /// The numbers of axes, lent.
    Axes(Vec<usize>),
    /// A variant of a type in the kernel's module.
    Way(&'static str, &'static str),
}

impl Spec {
    /// Whether both are the same value.
    pub fn is_same(&self, other: &Spec) -> bool {
        self.module == other.module && self.kind == other.kind && self.arguments == other.arguments
    }
}

impl From<Dim> for Field {
    fn from(size: Dim) -> Self {
        Field::Size(size)
    }
}

impl From<&Dim> for Field {
    fn from(size: &Dim) -> Self {
        Field::Size(size.clone())
    }
}

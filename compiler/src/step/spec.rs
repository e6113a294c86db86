//! What describes an operation's sizes to its kernels.

use crate::shape::{Dim, Shape};

/// A value of a type of the runtime, made once and lent to every call: `conv2d::Conv2d { .. }`. Operations of the same sizes
/// share one.
#[derive(Clone, Debug)]
pub struct Spec {
    /// The operation that asked for it first.
    pub name: String,
    pub module: &'static str,
    pub kind: &'static str,
    pub make: Make,
}

/// How the value is made.
#[derive(Clone, Debug, PartialEq)]
pub enum Make {
    /// From its fields, by name.
    Fields(Vec<(&'static str, Field)>),
    /// By a function of its type.
    Call(&'static str, Vec<Field>),
}

/// A field, or an argument of the function.
#[derive(Clone, Debug, PartialEq)]
pub enum Field {
    Size(Dim),
    /// A size that must not be 0: where an assertion has told that a const is, it is 1.
    Positive(Dim),
    Pair([Dim; 2]),
    PositivePair([Dim; 2]),
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
        self.module == other.module && self.kind == other.kind && self.make == other.make
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

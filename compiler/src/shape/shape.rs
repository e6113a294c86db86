//! The shape of one example: its axes, outermost first, without the batch.

use std::fmt;

use proc_macro2::TokenStream;
use quote::quote;

use super::{Comparison, Dim};

/// The axes of one example, or a shape that fits anything (where an error was reported).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    axes: Vec<Dim>,
    anything: bool,
}

impl Shape {
    pub fn new(axes: Vec<Dim>) -> Self {
        Shape {
            axes,
            anything: false,
        }
    }

    /// The shape that fits anything, even in its number of axes.
    pub fn anything() -> Self {
        Shape {
            axes: Vec::new(),
            anything: true,
        }
    }

    pub fn is_anything(&self) -> bool {
        self.anything
    }

    /// The axes, outermost first; none for a shape that fits anything.
    pub fn axes(&self) -> &[Dim] {
        &self.axes
    }

    /// The number of axes.
    pub fn rank(&self) -> usize {
        self.axes.len()
    }

    /// The number of elements.
    pub fn size(&self) -> Dim {
        if self.anything {
            return Dim::anything();
        }
        Dim::product(&self.axes)
    }

    /// The last axis: features or channels. 1 for a single number.
    pub fn last(&self) -> Dim {
        match self.axes.last() {
            _ if self.anything => Dim::anything(),
            Some(last) => last.clone(),
            None => Dim::new(1),
        }
    }

    /// The same with another last axis.
    pub fn with_last(&self, last: Dim) -> Shape {
        let mut shape = self.clone();
        if let Some(axis) = shape.axes.last_mut() {
            *axis = last;
        }
        shape
    }

    /// `[usize; N]` as a const expression.
    pub fn tokens(&self) -> TokenStream {
        let axes = self.axes.iter().map(Dim::tokens);
        quote!([#(#axes),*])
    }

    /// Whether both have the same axes.
    pub fn equals(&self, other: &Shape) -> Comparison {
        if self.anything || other.anything {
            return Comparison::Holds;
        }
        if self.rank() != other.rank() {
            return Comparison::Fails;
        }
        let mut result = Comparison::Holds;
        for (a, b) in self.axes.iter().zip(&other.axes) {
            match a.equals(b) {
                Comparison::Fails => return Comparison::Fails,
                Comparison::Unsure => result = Comparison::Unsure,
                Comparison::Holds => {}
            }
        }
        result
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.anything {
            return f.write_str("[..]");
        }
        f.write_str("[")?;
        for (index, axis) in self.axes.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            axis.fmt(f)?;
        }
        f.write_str("]")
    }
}

//! The function at a model's end that turns outputs into predictions, and its mark in the model's type.

pub use shapeflow_terms::Link;

/// The kind of an output, as a type: what a loss can be checked against when the program is built.
pub trait OutputKind {
    /// The same, as a value.
    const LINK: Link;
}

/// The kinds of output.
pub mod output {
    use super::{Link, OutputKind};

    macro_rules! kinds {
        ($($(#[$doc:meta])* $name:ident)*) => {$(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug)]
            pub struct $name;
            impl OutputKind for $name {
                const LINK: Link = Link::$name;
            }
        )*};
    }

    kinds! {
        /// Ends in an ordinary layer: regression, or logits.
        Plain
        /// Ends in `Softmax`: one of several classes.
        Softmax
        /// Ends in `LogSoftmax`: one of several classes, in log probabilities.
        LogSoftmax
        /// Ends in `Sigmoid`: independent yes/no answers.
        Sigmoid
    }
}

/// One output as losses and metrics see it: its link and its shape as rows along the last axis.
///
/// An output `[10]` is one row of 10; `[32, 32, 5]`, five classes per pixel, is 1024 rows of 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutputSpec {
    /// What predictions pass through.
    pub link: Link,
    /// Rows per example: the product of all axes but the last.
    pub rows: usize,
    /// The size of the last axis.
    pub width: usize,
}

impl OutputSpec {
    /// An output of this shape (of one example, without the batch axis).
    pub const fn new(link: Link, shape: &[usize]) -> Self {
        let mut rows = 1;
        let mut axis = 0;
        while axis + 1 < shape.len() {
            rows *= shape[axis];
            axis += 1;
        }
        let width = if shape.is_empty() {
            1
        } else {
            shape[shape.len() - 1]
        };
        OutputSpec { link, rows, width }
    }

    /// Elements per example.
    pub const fn size(self) -> usize {
        self.rows * self.width
    }
}

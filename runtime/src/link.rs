//! The function at a model's end that turns outputs into predictions, and its mark in the model's type.

/// The function that predictions pass through; losses take the value before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// No function: predictions are the outputs.
    Plain,
    /// `softmax` over the last axis.
    Softmax,
    /// `log(softmax)` over the last axis.
    LogSoftmax,
    /// `1 / (1 + exp(-x))`, element by element.
    Sigmoid,
}

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

//! What can be wrong with a loss or its targets.

use crate::link::Link;

/// Targets or settings that a loss can't work with.
#[derive(Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LossError {
    /// The loss has no meaning for this link.
    #[error("{loss} doesn't fit an output with link {link:?}: it fits {fits}")]
    Link {
        /// The loss.
        loss: &'static str,
        /// The output's link.
        link: Link,
        /// The links that it fits.
        fits: &'static str,
    },
    /// Class numbers where values are wanted, or the other way round.
    #[error("{loss} takes {expected} as targets, but got {found}")]
    TargetKind {
        /// The loss.
        loss: &'static str,
        /// What it takes.
        expected: &'static str,
        /// What came.
        found: &'static str,
    },
    /// Too many or too few targets for the examples.
    #[error(
        "{loss} expected {expected} targets ({examples} examples with {per_example} each), but got {found}"
    )]
    Length {
        /// The loss.
        loss: &'static str,
        /// Examples in the batch.
        examples: usize,
        /// Targets per example.
        per_example: usize,
        /// `examples * per_example`.
        expected: usize,
        /// How many came.
        found: usize,
    },
    /// A class number that the output has no place for.
    #[error(
        "{loss}: the class of example {example} is {class}, but the output has {classes} classes (0 to {})",
        classes.saturating_sub(1)
    )]
    Class {
        /// The loss.
        loss: &'static str,
        /// The example's index in the batch.
        example: usize,
        /// Its class.
        class: u32,
        /// How many classes the output has.
        classes: usize,
    },
    /// A target that is NaN, infinite or outside the range that the loss is defined for.
    #[error("{loss}: target {element} of example {example} is {value}, expected {expected}")]
    Value {
        /// The loss.
        loss: &'static str,
        /// The example's index in the batch.
        example: usize,
        /// The element's index in the example's targets.
        element: usize,
        /// The target.
        value: f32,
        /// What it should be.
        expected: &'static str,
    },
    /// A row of class probabilities that don't sum to 1.
    #[error(
        "{loss}: the class probabilities of example {example} sum to {sum}, expected 1 (one-hot or soft classes)"
    )]
    Distribution {
        /// The loss.
        loss: &'static str,
        /// The example's index in the batch.
        example: usize,
        /// What they sum to.
        sum: f64,
    },
    /// A setting of the loss itself.
    #[error("{loss}: {setting} is {value}, expected {expected}")]
    Setting {
        /// The loss.
        loss: &'static str,
        /// Its name.
        setting: &'static str,
        /// What it is.
        value: String,
        /// What it may be.
        expected: String,
    },
    /// Whatever else a loss of one's own can't work with.
    #[error("{loss}: {reason}")]
    Other {
        /// The loss.
        loss: &'static str,
        /// What was expected and what came, in words.
        reason: String,
    },
}

crate::debug_as_display::debug_as_display!(LossError);

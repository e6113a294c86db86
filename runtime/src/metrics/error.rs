//! What can be wrong with the predictions or targets that a metric gets.

/// Predictions or targets that a metric can't work with.
#[derive(Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MetricError {
    /// Class numbers where values are wanted, or the other way round.
    #[error("{metric} takes {expected} as targets, but got {found}")]
    TargetKind {
        /// The metric.
        metric: String,
        /// What it takes.
        expected: &'static str,
        /// What came.
        found: &'static str,
    },
    /// The output has a shape that the metric has no meaning for.
    #[error("{metric} needs {expected}, but the output's last axis is {width}")]
    Width {
        /// The metric.
        metric: String,
        /// What it needs.
        expected: String,
        /// The size of the output's last axis.
        width: usize,
    },
    /// Predictions and targets are not of the same number of examples.
    #[error(
        "{metric} expected {expected} targets for {predictions} predicted numbers, but got {found}"
    )]
    Length {
        /// The metric.
        metric: String,
        /// Predicted numbers.
        predictions: usize,
        /// Targets that fit them.
        expected: usize,
        /// How many came.
        found: usize,
    },
    /// A class number that the metric has no place for.
    #[error(
        "{metric}: the class of row {row} is {class}, but there are {classes} classes (0 to {})",
        classes.saturating_sub(1)
    )]
    Class {
        /// The metric.
        metric: String,
        /// The row among those of this update.
        row: usize,
        /// Its class.
        class: u32,
        /// How many classes there are.
        classes: usize,
    },
    /// A setting of the metric itself.
    #[error("{metric}: {setting} is {value}, expected {expected}")]
    Setting {
        /// The metric.
        metric: String,
        /// Its name.
        setting: &'static str,
        /// What it is.
        value: f32,
        /// What it may be.
        expected: &'static str,
    },
    /// A plain number that the metric would read as a logit, and that the loss draws to the target itself.
    #[error(
        "{metric} reads a plain output as a logit, yes above 0, but {loss} draws it to the target itself: give the metric \
         `.threshold(0.5)`, or end the model in `Sigmoid` and train it with `BinaryCrossEntropy`"
    )]
    Logit {
        /// The metric.
        metric: String,
        /// The loss.
        loss: &'static str,
    },
    /// A target or a prediction outside the range that the metric is defined for.
    #[error("{metric}: {what} {row} is {value}, expected {expected}")]
    Value {
        /// The metric.
        metric: String,
        /// `"target"` or `"prediction"`.
        what: &'static str,
        /// The row among those of this update.
        row: usize,
        /// Its value.
        value: f32,
        /// What it should be.
        expected: &'static str,
    },
    /// A row of class probabilities that don't sum to 1: several yes/no answers, say, or none.
    #[error(
        "{metric}: the class probabilities of row {row} sum to {sum}, expected 1 (one-hot or soft classes; several yes/no answers \
         are read as such after `Sigmoid`)"
    )]
    Distribution {
        /// The metric.
        metric: String,
        /// The row among those of this update.
        row: usize,
        /// What they sum to.
        sum: f64,
    },
    /// Whatever else a metric of one's own can't work with.
    #[error("{metric}: {reason}")]
    Other {
        /// The metric.
        metric: String,
        /// What was expected and what came, in words.
        reason: String,
    },
}

crate::debug_as_display::debug_as_display!(MetricError);

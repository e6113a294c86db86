//! Half a wave of the cosine, from the whole rate to the least.

use crate::schedules::check::{above_zero, fraction};
use crate::schedules::{Progress, Schedule, ScheduleError, Span};

/// Falls along half a cosine to the least rate, and stays there.
///
/// `low + (base - low) · (1 + cos(π · t)) / 2` with `t = elapsed / span`, then `low`, which is `minimum · base`.
///
/// Loshchilov and Hutter 2017, "SGDR: stochastic gradient descent with warm restarts", equation 5, without restarts;
/// PyTorch's `CosineAnnealingLR` and Keras' `CosineDecay`.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::schedules::{CosineDecay, Progress, Schedule};
/// let mut schedule = CosineDecay::new();
/// assert_eq!(schedule.learning_rate(0.1, &Progress::new(0, 100, 10)), 0.1);
/// assert_eq!(schedule.learning_rate(0.1, &Progress::new(500, 100, 10)), 0.05);
/// assert_eq!(schedule.learning_rate(0.1, &Progress::new(1000, 100, 10)), 0.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CosineDecay {
    span: Span,
    minimum: f32,
}

impl CosineDecay {
    /// Over the whole run, down to 0.
    pub fn new() -> Self {
        CosineDecay {
            span: Span::WholeRun,
            minimum: 0.0,
        }
    }

    /// Reaches the end after `span` and stays there.
    pub fn over(mut self, span: Span) -> Self {
        self.span = span;
        self
    }

    /// Ends at this part of the base rate: 0 to 1.
    pub fn minimum(mut self, minimum: f32) -> Self {
        self.minimum = minimum;
        self
    }
}

impl Default for CosineDecay {
    fn default() -> Self {
        CosineDecay::new()
    }
}

impl Schedule for CosineDecay {
    fn name(&self) -> &'static str {
        "CosineDecay"
    }

    fn validate(&self) -> Result<(), ScheduleError> {
        above_zero(self.name(), "over", self.span)?;
        fraction(self.name(), "minimum", self.minimum)
    }

    fn settings(&self) -> String {
        format!("{self:?}")
    }

    fn learning_rate(&mut self, base: f32, progress: &Progress) -> f32 {
        let part = progress.part_of(self.span);
        let low = f64::from(base) * f64::from(self.minimum);
        along_cosine(f64::from(base), low, part) as f32
    }
}

/// From `from` at 0 to `to` at 1.
pub(crate) fn along_cosine(from: f64, to: f64, part: f64) -> f64 {
    to + (from - to) * (1.0 + (std::f64::consts::PI * part).cos()) / 2.0
}

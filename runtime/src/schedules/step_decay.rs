//! A drop at regular times.

use crate::schedules::check::{above_zero, part};
use crate::schedules::{Progress, Schedule, ScheduleError, Span};

/// Falls by a factor from time to time.
///
/// `base · factor^⌊elapsed / every⌋`: times `factor` after each `every`.
///
/// The same as PyTorch's `StepLR`.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::schedules::{Progress, Schedule, Span, StepDecay};
/// let mut schedule = StepDecay::new(Span::Epochs(10.0), 0.5);
/// let first_of_epoch_20 = Progress::new(20 * 100, 100, 30);
/// assert_eq!(schedule.learning_rate(0.1, &first_of_epoch_20), 0.025);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepDecay {
    every: Span,
    factor: f32,
}

impl StepDecay {
    /// Times `factor` (above 0, at most 1) after each `every`.
    pub fn new(every: Span, factor: f32) -> Self {
        StepDecay { every, factor }
    }
}

impl Schedule for StepDecay {
    fn name(&self) -> &'static str {
        "StepDecay"
    }

    fn validate(&self) -> Result<(), ScheduleError> {
        above_zero(self.name(), "every", self.every)?;
        part(self.name(), "factor", self.factor)
    }

    fn settings(&self) -> String {
        format!("{self:?}")
    }

    fn learning_rate(&mut self, base: f32, progress: &Progress) -> f32 {
        let drops = progress.elapsed() / self.every.steps(progress).max(1);
        let drops = i32::try_from(drops).unwrap_or(i32::MAX);
        (f64::from(base) * f64::from(self.factor).powi(drops)) as f32
    }
}

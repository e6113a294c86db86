//! Up and down once: fast training with a large rate in the middle.

use crate::schedules::check::{above_one, above_zero, inside};
use crate::schedules::cosine_decay::along_cosine;
use crate::schedules::{Progress, Schedule, ScheduleError, Span};

/// Rises along a cosine from `base / divisor` to `base` in the first part of the run, then falls to
/// `base / divisor / final_divisor`. The optimizer's rate is the *largest* one.
///
/// Smith and Topin 2018, "Super-convergence: very fast training of neural networks using large learning rates"; the
/// rates are those of PyTorch's `OneCycleLR` with its defaults (momentum stays as it is).
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::schedules::{OneCycle, Progress, Schedule};
/// let mut schedule = OneCycle::new();
/// assert_eq!(schedule.learning_rate(0.5, &Progress::new(0, 100, 10)), 0.02);
/// assert_eq!(schedule.learning_rate(0.5, &Progress::new(299, 100, 10)), 0.5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OneCycle {
    span: Span,
    rising: f32,
    divisor: f32,
    final_divisor: f32,
}

impl OneCycle {
    /// Over the whole run; rises for 0.3 of it, from a 25th of the rate, and ends at a 10,000th of that.
    pub fn new() -> Self {
        OneCycle {
            span: Span::WholeRun,
            rising: 0.3,
            divisor: 25.0,
            final_divisor: 1e4,
        }
    }

    /// Completes the cycle in `span`, and stays at the last rate.
    pub fn over(mut self, span: Span) -> Self {
        self.span = span;
        self
    }

    /// The part of the cycle in which the rate rises: above 0 and below 1, 0.3 at first.
    pub fn rising(mut self, part: f32) -> Self {
        self.rising = part;
        self
    }

    /// The first rate is the base rate divided by this: 1 or more, 25 at first.
    pub fn divisor(mut self, divisor: f32) -> Self {
        self.divisor = divisor;
        self
    }

    /// The last rate is the first one divided by this: 1 or more, 10,000 at first.
    pub fn final_divisor(mut self, divisor: f32) -> Self {
        self.final_divisor = divisor;
        self
    }
}

impl Default for OneCycle {
    fn default() -> Self {
        OneCycle::new()
    }
}

impl Schedule for OneCycle {
    fn name(&self) -> &'static str {
        "OneCycle"
    }

    fn validate(&self) -> Result<(), ScheduleError> {
        above_zero(self.name(), "over", self.span)?;
        inside(self.name(), "rising", self.rising)?;
        above_one(self.name(), "divisor", self.divisor)?;
        above_one(self.name(), "final_divisor", self.final_divisor)
    }

    fn settings(&self) -> String {
        format!("{self:?}")
    }

    fn learning_rate(&mut self, base: f32, progress: &Progress) -> f32 {
        let highest = f64::from(base);
        let first = highest / f64::from(self.divisor);
        let last = first / f64::from(self.final_divisor);
        // The last step of the cycle, counted from 0, has the last rate.
        let end = self.span.steps(progress).saturating_sub(1) as f64;
        let peak = f64::from(self.rising) * (end + 1.0) - 1.0;
        let at = progress.elapsed() as f64;
        let rate = if at <= peak {
            along_cosine(first, highest, if peak > 0.0 { at / peak } else { 1.0 })
        } else if at < end {
            along_cosine(highest, last, (at - peak.max(0.0)) / (end - peak.max(0.0)))
        } else {
            last
        };
        rate as f32
    }
}

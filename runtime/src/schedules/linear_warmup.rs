//! A gentle start in front of another schedule.

use crate::schedules::check::{above_zero, fraction};
use crate::schedules::{Progress, Schedule, ScheduleError, Span};

/// Grows from a part of the base rate to all of it, in equal amounts per step, then follows another schedule, for which
/// the run begins there.
///
/// At step `s` of `n`: `base · (f + (1 - f) · s / n)`. Goyal et al. 2017, "Accurate, large minibatch SGD", section 2.2;
/// PyTorch's `LinearLR` followed by another through `SequentialLR`.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::schedules::{Constant, CosineDecay, LinearWarmup, Progress, Schedule, Span};
/// let mut schedule = LinearWarmup::new(Span::Steps(4), Constant);
/// let rates = [0, 1, 2, 3, 4].map(|step| schedule.learning_rate(1.0, &Progress::new(step, 10, 1)));
/// assert_eq!(rates, [0.25, 0.4375, 0.625, 0.8125, 1.0]);
/// let usual = LinearWarmup::new(Span::Epochs(5.0), CosineDecay::new());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinearWarmup<S> {
    span: Span,
    start: Option<f32>,
    then: S,
}

impl<S: Schedule> LinearWarmup<S> {
    /// Grows for `span`, from `base / steps` on, then follows `then`.
    pub fn new(span: Span, then: S) -> Self {
        LinearWarmup {
            span,
            start: None,
            then,
        }
    }

    /// The part of the base rate at the first step: 0 to 1.
    pub fn start(mut self, start: f32) -> Self {
        self.start = Some(start);
        self
    }
}

impl<S: Schedule> Schedule for LinearWarmup<S> {
    fn name(&self) -> &'static str {
        "LinearWarmup"
    }

    fn validate(&self) -> Result<(), ScheduleError> {
        above_zero(self.name(), "span", self.span)?;
        fraction(self.name(), "start", self.start.unwrap_or(0.0))?;
        self.then.validate()
    }

    fn begin(&mut self, higher_is_better: bool) -> Result<(), ScheduleError> {
        self.then.begin(higher_is_better)
    }

    fn settings(&self) -> String {
        let Self { span, start, then } = self;
        let (name, settings) = (then.name(), then.settings());
        format!("span: {span:?}, start: {start:?}, then: {name} ({settings})")
    }

    fn learning_rate(&mut self, base: f32, progress: &Progress) -> f32 {
        let steps = self.span.steps(progress);
        let elapsed = progress.elapsed();
        if elapsed >= steps {
            let began = progress.began.saturating_add(steps);
            return self
                .then
                .learning_rate(base, &Progress { began, ..*progress });
        }
        let start = self.start.map_or(1.0 / steps as f64, f64::from);
        (f64::from(base) * (start + (1.0 - start) * elapsed as f64 / steps as f64)) as f32
    }

    fn state(&self) -> serde_json::Value {
        self.then.state()
    }

    fn restore(&mut self, state: &serde_json::Value) -> Result<(), ScheduleError> {
        self.then.restore(state)
    }
}

//! A drop whenever the watched quantity has stopped getting better.

use serde::{Deserialize, Serialize};

use crate::schedules::check::{fraction, inside};
use crate::schedules::{Progress, Schedule, ScheduleError};

/// Multiplies the rate by `factor` when the watched quantity hasn't improved for more than `patience` epochs.
///
/// An improvement is a value below `best - threshold · |best|`, or above `best + threshold · |best|` where the watched
/// quantity gets better as it rises: a run knows that of each of its figures, as an accuracy and a loss. For values above 0
/// this is PyTorch's `ReduceLROnPlateau`, whose margin has the wrong sign for values below. NaN and infinity are none. The value is
/// looked at once per epoch, at the epoch's end.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::schedules::ReduceOnPlateau;
/// let schedule = ReduceOnPlateau::new(0.5, 3).minimum(1e-5);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ReduceOnPlateau {
    factor: f32,
    patience: u64,
    cooldown: u64,
    threshold: f32,
    minimum: f32,
    /// Whether the settings say that the watched quantity gets better as it rises.
    rising: bool,
    /// Whether it does in this run.
    rises: bool,
    state: State,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    /// Epochs whose value has been looked at.
    epochs: u64,
    /// The best value so far; none before the first.
    best: Option<f64>,
    /// Epochs since then.
    waited: u64,
    /// Epochs in which nothing is counted after a drop.
    cooling: u64,
    /// The rate after the last drop; none before the first.
    rate: Option<f32>,
}

impl ReduceOnPlateau {
    /// Times `factor` (above 0 and below 1) after more than `patience` epochs without a lower value.
    pub fn new(factor: f32, patience: u64) -> Self {
        ReduceOnPlateau {
            factor,
            patience,
            cooldown: 0,
            threshold: 1e-4,
            minimum: 0.0,
            rising: false,
            rises: false,
            state: State::default(),
        }
    }

    /// The watched quantity gets better as it rises: an accuracy, not a loss.
    ///
    /// A training run knows that by itself, and refuses this setting for a figure that gets better as it falls.
    pub fn rising(mut self) -> Self {
        (self.rising, self.rises) = (true, true);
        self
    }

    /// Epochs after a drop in which none is counted: 0 at first.
    pub fn cooldown(mut self, epochs: u64) -> Self {
        self.cooldown = epochs;
        self
    }

    /// The part of the best value that counts as an improvement: 0 to 1, 0.0001 at first.
    pub fn threshold(mut self, threshold: f32) -> Self {
        self.threshold = threshold;
        self
    }

    /// The rate never falls below this one: 0 at first.
    pub fn minimum(mut self, rate: f32) -> Self {
        self.minimum = rate;
        self
    }

    fn improves(&self, value: f64) -> bool {
        if !value.is_finite() {
            return false;
        }
        let Some(best) = self.state.best else {
            return true;
        };
        let margin = f64::from(self.threshold) * best.abs();
        if self.rises {
            value > best + margin
        } else {
            value < best - margin
        }
    }

    /// Whether this schedule could have come to such a state.
    fn can_be(&self, state: &State) -> bool {
        let rate_fits = |rate: f32| rate.is_finite() && rate >= 0.0;
        state.best.is_none_or(f64::is_finite)
            && state.rate.is_none_or(rate_fits)
            && state.waited <= self.patience
            && state.cooling <= self.cooldown
    }

    fn observe(&mut self, value: f64, base: f32) {
        if self.improves(value) {
            self.state.best = Some(value);
            self.state.waited = 0;
        } else {
            self.state.waited = self.state.waited.saturating_add(1);
        }
        if self.state.cooling > 0 {
            self.state.cooling -= 1;
            self.state.waited = 0;
        }
        if self.state.waited > self.patience {
            let rate = self.state.rate.unwrap_or(base);
            // A base rate below the minimum stays.
            self.state.rate = Some((rate * self.factor).max(self.minimum.min(rate)));
            self.state.cooling = self.cooldown;
            self.state.waited = 0;
        }
    }
}

impl Schedule for ReduceOnPlateau {
    fn name(&self) -> &'static str {
        "ReduceOnPlateau"
    }

    fn validate(&self) -> Result<(), ScheduleError> {
        inside(self.name(), "factor", self.factor)?;
        fraction(self.name(), "threshold", self.threshold)?;
        if self.minimum.is_finite() && self.minimum >= 0.0 {
            return Ok(());
        }
        Err(ScheduleError::Setting {
            schedule: self.name(),
            setting: "minimum",
            value: f64::from(self.minimum),
            expected: "a finite number, 0 or more",
        })
    }

    fn begin(&mut self, higher_is_better: bool) -> Result<(), ScheduleError> {
        if self.rising && !higher_is_better {
            return Err(ScheduleError::Contradiction {
                schedule: self.name(),
                reason: "`rising` is set, but the watched figure gets better as it falls; leave `rising` out, the run knows the \
                         direction of each figure",
            });
        }
        self.rises = higher_is_better;
        self.state = State::default();
        Ok(())
    }

    fn settings(&self) -> String {
        let Self {
            factor,
            patience,
            cooldown,
            threshold,
            minimum,
            // A run knows the direction, whether it is set or not.
            rising: _,
            rises: _,
            state: _,
        } = self;
        format!(
            "factor: {factor:?}, patience: {patience}, cooldown: {cooldown}, threshold: {threshold:?}, minimum: {minimum:?}"
        )
    }

    fn learning_rate(&mut self, base: f32, progress: &Progress) -> f32 {
        if progress.epoch > self.state.epochs
            && let Some(value) = progress.monitored
        {
            self.state.epochs = progress.epoch;
            self.observe(value, base);
        }
        self.state.rate.unwrap_or(base)
    }

    fn state(&self) -> serde_json::Value {
        serde_json::json!(self.state)
    }

    fn restore(&mut self, state: &serde_json::Value) -> Result<(), ScheduleError> {
        match serde_json::from_value::<State>(state.clone()) {
            Ok(state) if self.can_be(&state) => {
                self.state = state;
                Ok(())
            }
            _ => Err(ScheduleError::State {
                schedule: self.name(),
                found: state.to_string(),
            }),
        }
    }
}

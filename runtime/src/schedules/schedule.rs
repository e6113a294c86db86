//! What the training loop asks of a schedule.

use crate::schedules::Progress;

/// A rule that sets the learning rate of each step.
pub trait Schedule: Send {
    /// The name written into checkpoints.
    fn name(&self) -> &'static str;

    /// Whether the settings make sense; asked once, before training.
    ///
    /// # Errors
    /// [`ScheduleError::Setting`] for the first one outside its range.
    fn validate(&self) -> Result<(), ScheduleError> {
        Ok(())
    }

    /// The rate of the next step; `base` is the optimizer's. Asked once before each step, in order.
    fn learning_rate(&mut self, base: f32, progress: &Progress) -> f32;

    /// A run begins, afresh or resumed (then [`Schedule::restore`] comes next): a schedule that remembers something forgets
    /// it. `higher_is_better` says in which direction the watched quantity gets better.
    ///
    /// # Errors
    /// [`ScheduleError::Contradiction`] when a setting says something else.
    fn begin(&mut self, higher_is_better: bool) -> Result<(), ScheduleError> {
        let _ = higher_is_better;
        Ok(())
    }

    /// All settings as text, mostly `format!("{self:?}")`, without what is remembered: checkpoints hold it, and a resume
    /// with other settings is refused.
    fn settings(&self) -> String {
        String::new()
    }

    /// What the schedule remembers, for an exact resume. `Null` for schedules that follow from the progress alone.
    fn state(&self) -> serde_json::Value {
        serde_json::Value::Null
    }

    /// Takes up a state that [`Schedule::state`] gave.
    ///
    /// # Errors
    /// [`ScheduleError::State`] when it isn't one of this schedule.
    fn restore(&mut self, state: &serde_json::Value) -> Result<(), ScheduleError> {
        if state.is_null() {
            Ok(())
        } else {
            Err(ScheduleError::State {
                schedule: self.name(),
                found: state.to_string(),
            })
        }
    }
}

impl<S: Schedule + ?Sized> Schedule for Box<S> {
    fn name(&self) -> &'static str {
        (**self).name()
    }
    fn validate(&self) -> Result<(), ScheduleError> {
        (**self).validate()
    }
    fn learning_rate(&mut self, base: f32, progress: &Progress) -> f32 {
        (**self).learning_rate(base, progress)
    }
    fn begin(&mut self, higher_is_better: bool) -> Result<(), ScheduleError> {
        (**self).begin(higher_is_better)
    }
    fn settings(&self) -> String {
        (**self).settings()
    }
    fn state(&self) -> serde_json::Value {
        (**self).state()
    }
    fn restore(&mut self, state: &serde_json::Value) -> Result<(), ScheduleError> {
        (**self).restore(state)
    }
}

/// What can be wrong with a schedule.
#[derive(Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ScheduleError {
    /// A setting outside the range in which the schedule is defined.
    #[error("{schedule}: {setting} is {value}, expected {expected}")]
    Setting {
        /// The schedule.
        schedule: &'static str,
        /// The setting's name.
        setting: &'static str,
        /// What it is.
        value: f64,
        /// What it may be.
        expected: &'static str,
    },
    /// A setting that contradicts what the run measures.
    #[error("{schedule}: {reason}")]
    Contradiction {
        /// The schedule.
        schedule: &'static str,
        /// What contradicts what.
        reason: &'static str,
    },
    /// A saved state that doesn't belong to this schedule.
    #[error("{schedule}: the saved state isn't one of this schedule: {found}")]
    State {
        /// The schedule.
        schedule: &'static str,
        /// What was found.
        found: String,
    },
}

crate::debug_as_display::debug_as_display!(ScheduleError);

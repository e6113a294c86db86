//! The learning rate of each step, as optimizer and schedule have it, and a mark of all rates so far.

use super::{History, TrainError};
use crate::schedules::{Progress, Schedule};

/// What the rates of a run follow from, and the rates so far.
pub(super) struct Rates {
    /// The optimizer's own rate.
    pub(super) base: f32,
    /// The figure that the schedule looks at.
    pub(super) monitor: String,
    pub(super) steps_per_epoch: u64,
    pub(super) epochs: u64,
    /// Changes with every rate: two runs with the same mark had the same rates.
    mark: u64,
}

impl Rates {
    pub(super) fn new(base: f32, monitor: String, steps_per_epoch: usize, epochs: usize) -> Self {
        Self {
            base,
            monitor,
            steps_per_epoch: steps_per_epoch as u64,
            epochs: epochs as u64,
            mark: 0,
        }
    }

    pub(super) fn mark(&self) -> u64 {
        self.mark
    }

    /// The rate of the step after `step` steps, after `epoch` finished epochs.
    pub(super) fn next(
        &mut self,
        schedule: Option<&mut Box<dyn Schedule + '_>>,
        step: u64,
        epoch: usize,
        history: &History,
    ) -> Result<f32, TrainError> {
        let Some(schedule) = schedule else {
            return Ok(self.base);
        };
        let before = epoch.checked_sub(1).and_then(|at| history.epochs().get(at));
        let progress = Progress {
            step,
            epoch: epoch as u64,
            steps_per_epoch: self.steps_per_epoch,
            epochs: self.epochs,
            monitored: before.and_then(|record| record.find(&self.monitor)),
            began: 0,
        };
        let rate = schedule.learning_rate(self.base, &progress);
        if !(rate.is_finite() && rate >= 0.0) {
            return Err(TrainError::setting(
                "learning rate",
                "a finite number, 0 or more",
                format!("{rate} from {} at step {}", schedule.name(), step + 1),
            ));
        }
        self.mark = (self.mark ^ u64::from(rate.to_bits()))
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .rotate_left(29);
        Ok(rate)
    }

    /// Asks for the rates of the first `steps` steps again, as a run in one go would have had them.
    pub(super) fn replay(
        &mut self,
        mut schedule: Option<&mut Box<dyn Schedule + '_>>,
        steps: u64,
        history: &History,
    ) -> Result<(), TrainError> {
        if schedule.is_none() {
            return Ok(());
        }
        for step in 0..steps {
            let epoch = (step / self.steps_per_epoch.max(1)) as usize;
            self.next(schedule.as_deref_mut(), step, epoch, history)?;
        }
        Ok(())
    }
}

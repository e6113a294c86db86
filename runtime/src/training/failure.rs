//! What a run that fails says, and what it leaves behind.

use super::trainer::Trainer;
use super::visit::TRAINING;
use super::{TrainError, announce, check};
use crate::engine::{Culprit, EngineError};

impl Trainer<'_, '_> {
    /// Lets the callbacks put the network into a better state than the error left it in, and says so.
    pub(super) fn fail(mut self, mut error: TrainError) -> TrainError {
        let callbacks = &mut self.options.callbacks;
        let epoch = announce::train_error(callbacks, &error, self.network);
        if let TrainError::NotFinite { restored, .. }
        | TrainError::ValidationNotFinite { restored, .. } = &mut error
        {
            *restored = epoch;
            return error;
        }
        match epoch {
            Some(epoch) => TrainError::Restored {
                epoch,
                source: Box::new(error),
            },
            None => error,
        }
    }

    /// A parameter that became NaN or infinite in an epoch's last step would else be found by nobody.
    pub(super) fn check_parameters(
        &mut self,
        epoch: usize,
        batch: usize,
    ) -> Result<(), TrainError> {
        let store = self.network.store();
        let broken = |info: &&_| store.tensor(info).iter().any(|value| !value.is_finite());
        let Some(info) = self.network.program().tensors.iter().find(broken) else {
            return Ok(());
        };
        let (loss, culprit) = (self.meter.loss(), Culprit::Tensor(info.name));
        Err(self.not_finite(epoch, batch, self.slots.steps(), loss, culprit))
    }

    fn not_finite(
        &mut self,
        epoch: usize,
        batch: usize,
        step: u64,
        loss: f64,
        culprit: Culprit,
    ) -> TrainError {
        TrainError::NotFinite {
            epoch,
            batch,
            step,
            loss,
            culprit,
            history: Box::new(std::mem::take(&mut self.history)),
            restored: None,
        }
    }

    /// What a failed step means.
    pub(super) fn explain(
        &mut self,
        source: EngineError,
        epoch: usize,
        batch: usize,
    ) -> TrainError {
        if let EngineError::NotFinite {
            loss,
            step,
            culprit,
        } = source
        {
            return self.not_finite(epoch, batch, step, loss, culprit);
        }
        if matches!(source, EngineError::Loss { .. }) {
            let program = self.network.program();
            // Data that can't be read again leaves the error that came first.
            let checked = check::targets(program, self.data, TRAINING, self.losses);
            if let Err(located @ TrainError::Target { .. }) = checked {
                return located;
            }
        }
        TrainError::engine(format!("{TRAINING}, epoch {epoch}, batch {batch}"), source)
    }
}

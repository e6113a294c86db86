//! Telling the callbacks of a run, one after the other, what happens.

use super::{
    BatchEnd, Callback, CallbackError, Control, EpochEnd, History, Run, TrainEnd, TrainError,
};
use crate::engine::Network;
use std::path::PathBuf;

/// The callbacks of a run.
type Callbacks<'a> = [Box<dyn Callback + 'a>];

/// That training begins.
pub(super) fn train_begin(callbacks: &mut Callbacks<'_>, run: &Run) -> Result<(), TrainError> {
    for callback in callbacks {
        let begun = callback.on_train_begin(run);
        begun.map_err(|source| failed(callback.name(), "before training", source))?;
    }
    Ok(())
}

/// That a batch has ended; returns what the first that asked for something wants.
pub(super) fn batch_end(
    callbacks: &mut Callbacks<'_>,
    end: &BatchEnd,
) -> Result<Control, TrainError> {
    let mut control = Control::Continue;
    for callback in callbacks {
        let asked = callback.on_batch_end(end).map_err(|source| {
            let moment = format!("after batch {} of epoch {}", end.batch, end.epoch);
            failed(callback.name(), &moment, source)
        })?;
        if control == Control::Continue {
            control = asked;
        }
    }
    Ok(control)
}

/// That an epoch has ended, the last of `history`; returns what the first that asked for something wants, and the
/// checkpoints that are to be written.
pub(super) fn epoch_end(
    callbacks: &mut Callbacks<'_>,
    history: &History,
    network: &dyn Network,
    last: bool,
) -> Result<(Control, Vec<PathBuf>), TrainError> {
    let mut checkpoints: Vec<PathBuf> = Vec::new();
    let mut control = Control::Continue;
    let Some(record) = history.epochs().last() else {
        return Ok((control, checkpoints));
    };
    for callback in callbacks {
        let mut end = EpochEnd {
            history,
            record,
            network,
            last,
            checkpoints: &mut checkpoints,
        };
        let asked = callback.on_epoch_end(&mut end).map_err(|source| {
            let moment = format!("at the end of epoch {}", record.epoch);
            failed(callback.name(), &moment, source)
        })?;
        if control == Control::Continue {
            control = asked;
        }
    }
    Ok((control, checkpoints))
}

/// That training is over; returns what they have to say.
pub(super) fn train_end(
    callbacks: &mut Callbacks<'_>,
    history: &History,
    network: &mut dyn Network,
) -> Result<Vec<String>, TrainError> {
    let mut notes = Vec::new();
    for callback in callbacks {
        let mut end = TrainEnd {
            history,
            network,
            notes: &mut notes,
        };
        let ended = callback.on_train_end(&mut end);
        ended.map_err(|source| failed(callback.name(), "after training", source))?;
    }
    Ok(notes)
}

fn failed(callback: &str, moment: &str, source: CallbackError) -> TrainError {
    TrainError::Callback {
        callback: callback.into(),
        moment: moment.into(),
        source,
    }
}

//! Telling the callbacks of a run, one after the other, what happens.

use super::moments::Save;
use super::{
    BatchBegin, BatchEnd, Callback, CallbackError, Control, EpochEnd, History, Run, TrainEnd,
    TrainError, TrainFailure,
};
use crate::engine::Network;

/// The callbacks of a run.
type Callbacks<'a> = [Box<dyn Callback + 'a>];

/// That training begins; returns whether one of them has nothing left to do.
pub(super) fn train_begin(callbacks: &mut Callbacks<'_>, run: &Run) -> Result<Control, TrainError> {
    for callback in &mut *callbacks {
        let begun = callback.on_train_begin(run);
        begun.map_err(|source| failed(callback.name(), "before training", source))?;
    }
    let mut asked = callbacks.iter_mut().map(|callback| callback.at_start());
    let stop = asked.find(|control| *control != Control::Continue);
    Ok(stop.unwrap_or(Control::Continue))
}

/// That a batch begins; returns the learning rate that they leave.
pub(super) fn batch_begin(
    callbacks: &mut Callbacks<'_>,
    mut begin: BatchBegin,
) -> Result<f32, TrainError> {
    let BatchBegin { epoch, batch, .. } = begin;
    let moment = || format!("before batch {batch} of epoch {epoch}");
    for callback in callbacks {
        callback
            .on_batch_begin(&mut begin)
            .map_err(|source| failed(callback.name(), &moment(), source))?;
        let rate = begin.learning_rate;
        if !(rate.is_finite() && rate >= 0.0) {
            let reason =
                format!("learning rate: expected a finite number, 0 or more, found {rate}");
            return Err(failed(callback.name(), &moment(), reason.into()));
        }
    }
    Ok(begin.learning_rate)
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

/// That an epoch has ended, the last of `history`; returns what the first that asked for something wants, and the files
/// that are to be written.
pub(super) fn epoch_end(
    callbacks: &mut Callbacks<'_>,
    history: &History,
    network: &dyn Network,
    [last, complete]: [bool; 2],
) -> Result<(Control, Vec<Save>), TrainError> {
    let mut saves = Vec::new();
    let mut control = Control::Continue;
    let Some(record) = history.epochs().last() else {
        return Ok((control, saves));
    };
    for callback in callbacks {
        let mut end = EpochEnd {
            history,
            record,
            network,
            last,
            complete,
            saves: &mut saves,
        };
        let asked = callback.on_epoch_end(&mut end).map_err(|source| {
            let moment = format!("at the end of epoch {}", record.epoch);
            failed(callback.name(), &moment, source)
        })?;
        if control == Control::Continue {
            control = asked;
        }
    }
    Ok((control, saves))
}

/// That training is over; returns what they have to say, and the files that are to be written.
pub(super) fn train_end(
    callbacks: &mut Callbacks<'_>,
    history: &History,
    network: &mut dyn Network,
) -> Result<(Vec<String>, Vec<Save>), TrainError> {
    let (mut notes, mut saves) = (Vec::new(), Vec::new());
    for callback in callbacks {
        let mut end = TrainEnd {
            history,
            network,
            notes: &mut notes,
            saves: &mut saves,
        };
        let ended = callback.on_train_end(&mut end);
        ended.map_err(|source| failed(callback.name(), "after training", source))?;
    }
    Ok((notes, saves))
}

/// That training failed; returns the epoch whose weights the network has again.
pub(super) fn train_error(
    callbacks: &mut Callbacks<'_>,
    error: &TrainError,
    network: &mut dyn Network,
) -> Option<usize> {
    let mut failure = TrainFailure {
        error,
        network,
        restored: None,
    };
    for callback in callbacks {
        callback.on_train_error(&mut failure);
    }
    failure.restored
}

pub(super) fn failed(callback: &str, moment: &str, source: CallbackError) -> TrainError {
    TrainError::Callback {
        callback: callback.into(),
        moment: moment.into(),
        source,
    }
}

//! A training run out of a file: exact resume.
//!
//! Everything in the file is held against this run before anything is changed.

use super::announce::failed;
use super::checkpoint_file::{
    ENTRY, Saved, SavedCallback, instructions, predictions_name, slot_name, training_name,
};
use super::options::{Options, Resume};
use super::place::Place;
use super::run_settings::RunSettings;
use super::{CallbackState, History, Run, TrainError};
use crate::engine::{Network, OptimizerSlots, OutputPort, TensorInfo};
use crate::weights::WeightsFile;
use crate::weights::network::{check, load_file};
use serde::Deserialize;
use std::fs;
use std::io;
use std::path::Path;

/// A checkpoint that belongs to this run.
pub(super) struct Resumed {
    file: WeightsFile,
    saved: Saved,
    /// For each slot, the values of each trained tensor.
    slots: Vec<Vec<Vec<f32>>>,
    /// The values of each tensor from which training goes on, if they aren't the file's weights.
    training: Option<Vec<Vec<f32>>>,
    pub(super) place: Option<Place>,
}

impl Resume {
    /// Whether there is a file to continue from.
    ///
    /// Only what isn't there at all may be begun from the beginning: a link to nowhere, or a folder that can't be looked
    /// into, is an error, for behind it may be a checkpoint that would be overwritten.
    pub(super) fn is_wanted(&self) -> Result<bool, TrainError> {
        if !self.optional {
            return Ok(true);
        }
        match fs::symlink_metadata(&self.path) {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(source) => Err(TrainError::Read {
                path: self.path.clone(),
                source,
            }),
        }
    }
}

/// Reads a checkpoint and checks that this run can go on from it.
pub(super) fn open(
    path: &Path,
    network: &dyn Network,
    options: &Options<'_>,
    settings: &RunSettings,
    run: &Run,
    has_metrics: impl Fn(usize) -> bool,
) -> Result<Resumed, TrainError> {
    let refuse = |reason: String| refused(path, reason);
    let file = WeightsFile::open(path)?;
    let entries = file.metadata().map(|metadata| &metadata.entries);
    let Some(json) = entries.and_then(|entries| entries.get(ENTRY)) else {
        return Err(refuse(
            "it holds weights, but no state of training; write it with `Checkpoint`".into(),
        ));
    };
    let damaged = |reason: String| refuse(format!("its state of training is damaged: {reason}"));
    let mut saved: Saved = Saved::deserialize(json).map_err(|error| damaged(error.to_string()))?;
    check(network, &file)?;
    let differences = settings.differences(&saved.settings);
    if !differences.is_empty() {
        return Err(refuse(format!(
            "the run is another one:\n  {}",
            differences.join("\n  ")
        )));
    }
    let epochs = saved.history.len();
    if epochs > options.epochs || (epochs == options.epochs && saved.place.is_some()) {
        return Err(refuse(format!(
            "it comes after epoch {epochs}, but this run has {} epochs",
            options.epochs
        )));
    }
    check_history(&saved.history, run).map_err(damaged)?;
    let done = saved.place.as_ref().map_or(0, |place| place.batches);
    let steps = (epochs as u64)
        .saturating_mul(run.batches as u64)
        .saturating_add(done as u64);
    if saved.steps != steps {
        return Err(damaged(format!(
            "{} steps, but {epochs} epochs of {} batches and {done} batches make {steps}",
            saved.steps, run.batches
        )));
    }

    let read = |name: &str, shape: &[usize]| array(&file, name, shape);
    let tensors = network.program().tensors;
    let trained = || tensors.iter().filter(|info| info.trained);
    let slots = options.optimizer.slots().iter();
    let slots = slots
        .map(|slot| {
            let squares = options.optimizer.squares().contains(slot);
            trained()
                .map(|info| {
                    let name = slot_name(slot, info);
                    let values = read(&name, info.shape)?;
                    match squares {
                        true => no_negative(&file, &name, values, "a mean of squares, 0 or more"),
                        false => Ok(values),
                    }
                })
                .collect()
        })
        .collect::<Result<_, _>>()
        .map_err(damaged)?;
    let training = saved.training_weights.then(|| {
        let values = |info: &TensorInfo| {
            let name = training_name(info);
            let values = read(&name, info.shape)?;
            match info.name.ends_with(".running_variance") {
                true => no_negative(&file, &name, values, "a variance, 0 or more"),
                false => Ok(values),
            }
        };
        tensors.iter().map(values).collect::<Result<_, _>>()
    });
    let training = training.transpose().map_err(damaged)?;
    let place = match saved.place.take() {
        Some(place) => {
            let examples = place.batches.saturating_mul(run.batch_size);
            let predictions = |(output, port): (usize, &OutputPort)| {
                let kept = if has_metrics(output) { examples } else { 0 };
                let length = kept.saturating_mul(port.size());
                array(&file, &predictions_name(output), &[length])
            };
            let outputs = network.program().outputs.iter().enumerate();
            let predictions = outputs.map(predictions).collect::<Result<_, _>>();
            let predictions = predictions.map_err(damaged)?;
            Some(place.with(run.batches, predictions).map_err(damaged)?)
        }
        None => None,
    };
    Ok(Resumed {
        file,
        saved,
        slots,
        training,
        place,
    })
}

impl Resumed {
    pub(super) fn history(&self) -> &History {
        &self.saved.history
    }

    /// What there is to say where the same bits can't be had.
    pub(super) fn other_instructions(&self) -> Option<String> {
        let (before, now) = (&self.saved.instructions, instructions());
        (*before != now).then(|| {
            format!(
                "Written on a machine whose kernels are {before}, here they are {now}: results differ in their last bits"
            )
        })
    }

    pub(super) fn steps(&self) -> u64 {
        self.saved.steps
    }

    /// Compares the learning rates so far with those of this run, and gives the schedule its state.
    pub(super) fn restore_schedule(
        &self,
        options: &mut Options<'_>,
        rates: u64,
    ) -> Result<(), TrainError> {
        let Some(schedule) = &mut options.schedule else {
            return Ok(());
        };
        let saved = &self.saved;
        if saved.rates == rates && schedule.state() == saved.schedule_state {
            return Ok(schedule.restore(&saved.schedule_state)?);
        }
        let name = schedule.name();
        let reason = if saved.epochs == options.epochs {
            format!("schedule: {name} had other learning rates so far than it has in this run")
        } else {
            let (before, now) = (saved.epochs, options.epochs);
            format!(
                "epochs: {before} in the checkpoint, {now} in this run, and the learning rates of {name} follow the length of the \
                 run; give the schedule a span of its own, or begin again"
            )
        };
        let reason = format!("the run is another one:\n  {reason}");
        Err(refused(self.file.path(), reason))
    }

    /// Gives each callback the state that was saved under its identity; returns what there is to say of those that have none.
    pub(super) fn restore_callbacks(
        &mut self,
        options: &mut Options<'_>,
    ) -> Result<Vec<String>, TrainError> {
        let saved = std::mem::take(&mut self.saved.callbacks);
        let mut waiting: Vec<(usize, SavedCallback)> = saved
            .into_iter()
            .enumerate()
            .filter(|(_, saved)| saved.remembers)
            .collect();
        let callbacks = &mut options.callbacks;
        let identities: Vec<String> = callbacks.iter().map(|c| c.identity()).collect();
        for identity in &identities {
            let before = waiting
                .iter()
                .filter(|(_, saved)| saved.identity == *identity);
            let now = identities.iter().filter(|other| *other == identity);
            let (before, now) = (before.count(), now.count());
            if before > 0 && before != now {
                let reason = format!(
                    "callbacks `{identity}`: {before} in the checkpoint, {now} in this run; tell them apart by `Callback::identity`"
                );
                return Err(refused(self.file.path(), reason));
            }
        }
        let mut notes = Vec::new();
        for (callback, identity) in callbacks.iter_mut().zip(&identities) {
            let same = |(_, saved): &(usize, SavedCallback)| saved.identity == *identity;
            let Some(at) = waiting.iter().position(same) else {
                if callback.state() != CallbackState::default() {
                    notes.push(format!(
                        "{identity} begins here: the checkpoint doesn't know it"
                    ));
                }
                continue;
            };
            let (number, found) = waiting.remove(at);
            let prefix = format!("callback/{number}/");
            let mut tensors = Vec::new();
            for (name, tensor) in self.file.tensors() {
                if let Some(own) = name.strip_prefix(&prefix) {
                    tensors.push((own.to_string(), self.file.numbers(name, tensor)?));
                }
            }
            let state = CallbackState {
                values: found.values,
                tensors,
            };
            callback
                .restore(state)
                .map_err(|source| failed(callback.name(), "when it was resumed", source))?;
        }
        let left = waiting.iter().map(|(_, saved)| &saved.identity);
        notes.extend(left.map(|identity| format!("{identity} of the checkpoint is left out")));
        Ok(notes)
    }

    /// Fills the network and the optimizer's slots; returns the history.
    pub(super) fn fill(
        self,
        network: &mut dyn Network,
        slots: &mut OptimizerSlots,
    ) -> Result<(History, Option<Place>), TrainError> {
        load_file(network, &self.file)?;
        let tensors = network.program().tensors;
        for (info, values) in tensors.iter().zip(self.training.iter().flatten()) {
            network.store_mut().tensor_mut(info).copy_from_slice(values);
        }
        let trained = tensors.iter().filter(|info| info.trained);
        for (slot, values) in slots.vectors_mut().zip(&self.slots) {
            for (info, values) in trained.clone().zip(values) {
                slot[info.offset..info.offset + info.len()].copy_from_slice(values);
            }
        }
        slots.set_steps(self.saved.steps);
        Ok((self.saved.history, self.place))
    }
}

fn refused(path: &Path, reason: String) -> TrainError {
    TrainError::Resume {
        path: path.into(),
        reason,
    }
}

/// Whether these are the first epochs of such a run.
fn check_history(history: &History, run: &Run) -> Result<(), String> {
    history.check()?;
    for (index, record) in history.epochs().iter().enumerate() {
        if record.epoch != index + 1 {
            let (found, expected) = (record.epoch, index + 1);
            return Err(format!(
                "epoch {found} stands where epoch {expected} is expected"
            ));
        }
        let figures = record.figures.iter().map(|(name, _)| name);
        if !figures.eq(run.figures.iter().map(|figure| &figure.name)) {
            return Err(format!(
                "epoch {} has other figures than this run",
                record.epoch
            ));
        }
    }
    Ok(())
}

/// The values of an array with this shape, all finite.
fn array(file: &WeightsFile, name: &str, shape: &[usize]) -> Result<Vec<f32>, String> {
    let stored = file
        .tensor(name)
        .map_err(|_| format!("`{name}` is missing"))?;
    if stored.shape() != shape {
        let found = stored.shape();
        return Err(format!("`{name}` has shape {found:?}, expected {shape:?}"));
    }
    file.values(name, stored).map_err(|error| error.to_string())
}

/// These values, none of which may be below 0.
fn no_negative(
    file: &WeightsFile,
    name: &str,
    values: Vec<f32>,
    expected: &'static str,
) -> Result<Vec<f32>, String> {
    let Some(at) = values.iter().position(|&value| value < 0.0) else {
        return Ok(values);
    };
    let stored = file.tensor(name).map_err(|error| error.to_string())?;
    let wrong = file.wrong_value(name, stored, at, values[at].into(), expected);
    Err(wrong.to_string())
}

//! What a callback is shown at each moment of a run, and what it may ask for.

use super::{EpochRecord, History, TrainError};
use crate::engine::Network;
use crate::weights::{self, WeightsError};
use std::path::{Path, PathBuf};

/// Whether training goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Control {
    /// It goes on.
    Continue,
    /// It ends after this epoch, with a reason that is shown.
    Stop(String),
}

/// A figure that a run measures in every epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// Its name in the history: `loss`, `val_accuracy`.
    pub name: String,
    /// Whether more is better.
    pub higher_is_better: bool,
}

/// A run that is about to begin.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Run {
    /// The model's name.
    pub model: &'static str,
    /// Training examples.
    pub examples: usize,
    /// Examples per batch.
    pub batch_size: usize,
    /// Batches per epoch.
    pub batches: usize,
    /// Epochs in all, those before a resume included.
    pub epochs: usize,
    /// What is measured.
    pub figures: Vec<Figure>,
    /// The epochs that a resumed run has behind it; empty in a run that begins afresh.
    pub history: History,
    /// The model's parameters and state, in elements of their buffers.
    pub(super) sizes: [usize; 2],
}

impl Run {
    /// Whether more of this figure is better; `false` for unknown names.
    pub fn higher_is_better(&self, figure: &str) -> bool {
        self.figures
            .iter()
            .any(|known| known.name == figure && known.higher_is_better)
    }
}

/// A step that is about to be done.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct BatchBegin {
    /// The epoch, counted from 1.
    pub epoch: usize,
    /// The batch in the epoch, counted from 1.
    pub batch: usize,
    /// Batches per epoch.
    pub batches: usize,
    /// The step in the whole run, counted from 1.
    pub step: u64,
    /// The learning rate of this step, as optimizer, schedule and the callbacks before this one have it. Set it to another
    /// finite number, 0 or more.
    pub learning_rate: f32,
}

/// A step that has just been done.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct BatchEnd {
    /// The epoch, counted from 1.
    pub epoch: usize,
    /// The batch in the epoch, counted from 1.
    pub batch: usize,
    /// Batches per epoch.
    pub batches: usize,
    /// The step in the whole run, counted from 1.
    pub step: u64,
    /// Examples in the batch.
    pub examples: usize,
    /// The batch's mean loss, before the update.
    pub loss: f64,
    /// The learning rate of the update.
    pub learning_rate: f32,
    /// The global norm of the gradients, before clipping.
    pub gradient_norm: f64,
}

/// A file that is to be written once all callbacks have been told.
pub(super) enum Save {
    /// From which a run can be resumed.
    Checkpoint(PathBuf),
    Weights(PathBuf),
}

/// An epoch that has just ended, validation included.
#[non_exhaustive]
pub struct EpochEnd<'a> {
    /// All epochs, this one the last.
    pub history: &'a History,
    /// This epoch's figures.
    pub record: &'a EpochRecord,
    /// The network as it is now.
    pub network: &'a dyn Network,
    pub(super) last: bool,
    pub(super) complete: bool,
    pub(super) saves: &'a mut Vec<Save>,
}

impl EpochEnd<'_> {
    /// Whether this is the last epoch that was asked for.
    pub fn is_last(&self) -> bool {
        self.last
    }

    /// Whether the epoch saw all its batches: `false` where a callback ended training in the middle of it. A resume takes such
    /// an epoch up again where it was left, and then it ends once more.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// Writes a checkpoint, from which [`Fit::resume`](super::Fit::resume) continues, once all callbacks have seen this
    /// epoch: it holds their state too.
    pub fn save_checkpoint(&mut self, path: impl Into<PathBuf>) {
        self.saves.push(Save::Checkpoint(path.into()));
    }

    /// Writes the weights, now.
    ///
    /// # Errors
    /// As [`weights::save`].
    pub fn save_weights(&self, path: impl AsRef<Path>) -> Result<(), WeightsError> {
        weights::save(self.network, path)
    }
}

/// A run that is over: all epochs are done, or a callback stopped it.
#[non_exhaustive]
pub struct TrainEnd<'a> {
    /// All epochs.
    pub history: &'a History,
    /// The network, which may still be changed.
    pub network: &'a mut dyn Network,
    pub(super) notes: &'a mut Vec<String>,
    pub(super) saves: &'a mut Vec<Save>,
}

impl TrainEnd<'_> {
    /// Shows a line, unless the run is quiet.
    pub fn note(&mut self, line: impl Into<String>) {
        self.notes.push(line.into());
    }

    /// Writes a checkpoint once all callbacks have been told that training is over. Whoever loads it as weights gets those
    /// that the callbacks left, such as the best epoch's; a resume goes on from where training was.
    pub fn save_checkpoint(&mut self, path: impl Into<PathBuf>) {
        self.saves.push(Save::Checkpoint(path.into()));
    }

    /// Writes the weights once all callbacks have been told that training is over: those that the callbacks left.
    pub fn save_weights(&mut self, path: impl Into<PathBuf>) {
        self.saves.push(Save::Weights(path.into()));
    }
}

/// A run that ended with an error.
#[non_exhaustive]
pub struct TrainFailure<'a> {
    /// Why it ended.
    pub error: &'a TrainError,
    /// The network as the error left it, which may still be changed.
    pub network: &'a mut dyn Network,
    pub(super) restored: Option<usize>,
}

impl TrainFailure<'_> {
    /// Says that the network now has the weights of this epoch (from 1) again; the error tells of it.
    pub fn restored(&mut self, epoch: usize) {
        self.restored = Some(epoch);
    }
}

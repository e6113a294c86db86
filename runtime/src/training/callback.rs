//! What may happen between batches and epochs: the trait of callbacks.

use super::{CallbackError, EpochRecord, History};
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
}

impl Run {
    /// Whether more of this figure is better; `false` for unknown names.
    pub fn higher_is_better(&self, figure: &str) -> bool {
        self.figures
            .iter()
            .any(|known| known.name == figure && known.higher_is_better)
    }
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
    pub(super) checkpoints: &'a mut Vec<PathBuf>,
}

impl EpochEnd<'_> {
    /// Whether this is the last epoch that was asked for.
    pub fn is_last(&self) -> bool {
        self.last
    }

    /// Writes a checkpoint, from which [`Fit::resume`](super::Fit::resume) continues, once all callbacks have seen this
    /// epoch: it holds their state too.
    pub fn save_checkpoint(&mut self, path: impl Into<PathBuf>) {
        self.checkpoints.push(path.into());
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
}

impl TrainEnd<'_> {
    /// Shows a line, unless the run is quiet.
    pub fn note(&mut self, line: impl Into<String>) {
        self.notes.push(line.into());
    }
}

/// What a callback remembers, for an exact resume.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CallbackState {
    /// Anything but large arrays.
    pub values: serde_json::Value,
    /// Arrays, such as weights set aside, by name. A name has no slash.
    pub tensors: Vec<(String, Vec<f32>)>,
}

/// Something that happens between batches and epochs.
///
/// All methods have an empty default. An error ends training.
///
/// ```
/// use shapeflow_runtime::training::{Callback, CallbackError, Control, EpochEnd};
///
/// /// Ends training once the loss is low enough.
/// struct GoodEnough(f64);
///
/// impl Callback for GoodEnough {
///     fn on_epoch_end(&mut self, epoch: &mut EpochEnd<'_>) -> Result<Control, CallbackError> {
///         match epoch.record.get("loss") {
///             Some(loss) if loss < self.0 => Ok(Control::Stop(format!("loss {loss:.3} is good enough"))),
///             _ => Ok(Control::Continue),
///         }
///     }
/// }
/// ```
pub trait Callback: Send {
    /// The name shown in errors and written into checkpoints.
    fn name(&self) -> &str {
        let path = std::any::type_name::<Self>();
        let plain = path.split('<').next().unwrap_or(path);
        plain.rsplit("::").next().unwrap_or(plain)
    }

    /// The figure that must be measured for this callback to make sense; checked before training begins.
    fn watches(&self) -> Option<&str> {
        None
    }

    /// Training is about to begin (or to be resumed, then the state has been restored).
    ///
    /// # Errors
    /// Whatever should keep training from beginning.
    fn on_train_begin(&mut self, run: &Run) -> Result<(), CallbackError> {
        let _ = run;
        Ok(())
    }

    /// A step has been done.
    ///
    /// # Errors
    /// Whatever should end training.
    fn on_batch_end(&mut self, batch: &BatchEnd) -> Result<Control, CallbackError> {
        let _ = batch;
        Ok(Control::Continue)
    }

    /// An epoch has been done and validated.
    ///
    /// # Errors
    /// Whatever should end training.
    fn on_epoch_end(&mut self, epoch: &mut EpochEnd<'_>) -> Result<Control, CallbackError> {
        let _ = epoch;
        Ok(Control::Continue)
    }

    /// Training is over. Not called after an error.
    ///
    /// # Errors
    /// Whatever the caller of [`Fit::run`](super::Fit::run) should hear of.
    fn on_train_end(&mut self, end: &mut TrainEnd<'_>) -> Result<(), CallbackError> {
        let _ = end;
        Ok(())
    }

    /// What a checkpoint must hold so that this callback goes on after a resume as if nothing had been.
    fn state(&self) -> CallbackState {
        CallbackState::default()
    }

    /// Takes up a state that [`Callback::state`] gave.
    ///
    /// # Errors
    /// If it isn't one.
    fn restore(&mut self, state: CallbackState) -> Result<(), CallbackError> {
        let _ = state;
        Ok(())
    }
}

/// A callback that is still needed after training can be lent.
impl<C: Callback + ?Sized> Callback for &mut C {
    fn name(&self) -> &str {
        (**self).name()
    }
    fn watches(&self) -> Option<&str> {
        (**self).watches()
    }
    fn on_train_begin(&mut self, run: &Run) -> Result<(), CallbackError> {
        (**self).on_train_begin(run)
    }
    fn on_batch_end(&mut self, batch: &BatchEnd) -> Result<Control, CallbackError> {
        (**self).on_batch_end(batch)
    }
    fn on_epoch_end(&mut self, epoch: &mut EpochEnd<'_>) -> Result<Control, CallbackError> {
        (**self).on_epoch_end(epoch)
    }
    fn on_train_end(&mut self, end: &mut TrainEnd<'_>) -> Result<(), CallbackError> {
        (**self).on_train_end(end)
    }
    fn state(&self) -> CallbackState {
        (**self).state()
    }
    fn restore(&mut self, state: CallbackState) -> Result<(), CallbackError> {
        (**self).restore(state)
    }
}

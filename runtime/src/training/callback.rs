//! What may happen between batches and epochs: the trait of callbacks.

use super::{BatchBegin, BatchEnd, CallbackError, Control, EpochEnd, Run, TrainEnd, TrainFailure};
use std::path::PathBuf;

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
/// A callback may be lent to one run after the other (`.callback(&mut callback)`). Each run first calls
/// [`reset`](Self::reset): whatever a run has taught a callback must be gone then, or it finds its way into the next one. Keep
/// it apart from the settings, in a struct of its own with a `Default`; then `reset` replaces that struct, and
/// [`state`](Self::state) and [`restore`](Self::restore) are about its fields.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::training::{Callback, CallbackError, Control, EpochEnd};
///
/// /// Ends training once the loss is low enough.
/// struct GoodEnough(f64);
///
/// impl Callback for GoodEnough {
///     fn on_epoch_end(&mut self, epoch: &mut EpochEnd<'_>) -> Result<Control, CallbackError> {
///         let loss = epoch.record.get("loss")?;
///         Ok(match loss < self.0 {
///             true => Control::Stop(format!("loss {loss:.3} is good enough")),
///             false => Control::Continue,
///         })
///     }
/// }
/// ```
///
/// One that sets the learning rate of each step:
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::training::{BatchBegin, Callback, CallbackError};
///
/// /// A tenth of the rate in the first epoch.
/// struct Careful;
///
/// impl Callback for Careful {
///     fn on_batch_begin(&mut self, batch: &mut BatchBegin) -> Result<(), CallbackError> {
///         if batch.epoch == 1 {
///             batch.learning_rate *= 0.1;
///         }
///         Ok(())
///     }
/// }
/// ```
pub trait Callback: Send {
    /// The name shown in errors.
    fn name(&self) -> &str {
        let path = std::any::type_name::<Self>();
        let plain = path.split('<').next().unwrap_or(path);
        plain.rsplit("::").next().unwrap_or(plain)
    }

    /// What tells this callback from others in a checkpoint: its name, and what it watches or where it writes if it remembers
    /// something that holds for that alone. A resume gives a callback the state that was saved under the same identity.
    fn identity(&self) -> String {
        self.name().into()
    }

    /// Whether the settings make sense; asked once, before anything else happens.
    ///
    /// # Errors
    /// The first setting that doesn't, with what it may be.
    fn validate(&self) -> Result<(), CallbackError> {
        Ok(())
    }

    /// The files that it will write; one that keeps a relative path makes it absolute in [`reset`](Self::reset), for the program may
    /// change its working directory while training runs. That they can be written is found before training, and no two callbacks may write the
    /// same one.
    fn writes(&self) -> Vec<PathBuf> {
        Vec::new()
    }

    /// The figure that must be measured for this callback to make sense; checked before training begins.
    fn watches(&self) -> Option<&str> {
        None
    }

    /// Forgets all that earlier runs have taught it: afterwards it is as new, with its settings. Called once per run, before
    /// a state is restored and before training begins.
    fn reset(&mut self) {}

    /// Training is about to begin, or to be resumed: then the state has been restored, and [`Run::history`] has the epochs
    /// before.
    ///
    /// # Errors
    /// Whatever should keep training from beginning.
    fn on_train_begin(&mut self, run: &Run) -> Result<(), CallbackError> {
        let _ = run;
        Ok(())
    }

    /// Whether training should go on, asked once before the first step: an early stopping that has ended a run ends it again
    /// when that is resumed.
    fn at_start(&mut self) -> Control {
        Control::Continue
    }

    /// A step is about to be done; its learning rate may be changed.
    ///
    /// # Errors
    /// Whatever should end training.
    fn on_batch_begin(&mut self, batch: &mut BatchBegin) -> Result<(), CallbackError> {
        let _ = batch;
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

    /// Training ended with an error. The network may be put into a better state than the error left it in.
    fn on_train_error(&mut self, failure: &mut TrainFailure<'_>) {
        let _ = failure;
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
    fn identity(&self) -> String {
        (**self).identity()
    }
    fn validate(&self) -> Result<(), CallbackError> {
        (**self).validate()
    }
    fn writes(&self) -> Vec<PathBuf> {
        (**self).writes()
    }
    fn watches(&self) -> Option<&str> {
        (**self).watches()
    }
    fn reset(&mut self) {
        (**self).reset();
    }
    fn on_train_begin(&mut self, run: &Run) -> Result<(), CallbackError> {
        (**self).on_train_begin(run)
    }
    fn at_start(&mut self) -> Control {
        (**self).at_start()
    }
    fn on_batch_begin(&mut self, batch: &mut BatchBegin) -> Result<(), CallbackError> {
        (**self).on_batch_begin(batch)
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
    fn on_train_error(&mut self, failure: &mut TrainFailure<'_>) {
        (**self).on_train_error(failure);
    }
    fn state(&self) -> CallbackState {
        (**self).state()
    }
    fn restore(&mut self, state: CallbackState) -> Result<(), CallbackError> {
        (**self).restore(state)
    }
}

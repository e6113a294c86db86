//! Checkpoints while training runs: every so many epochs, or whenever a figure is the best so far.

use super::watch::{Best, Watch, parse};
use super::{Callback, CallbackError, CallbackState, Control, EpochEnd, Run};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Writes the network to a file while it trains.
///
/// By default the file is one from which [`Fit::resume`](super::Fit::resume) continues bit for bit; it can also be loaded
/// as weights. `{epoch}` in its name becomes the epoch's number.
///
/// ```
/// use shapeflow_runtime::training::Checkpoint;
/// let last = Checkpoint::every(1, "run/last.safetensors");
/// let best = Checkpoint::best("val_accuracy", "run/best.safetensors").weights_only();
/// let all = Checkpoint::every(10, "run/epoch{epoch}.safetensors");
/// ```
#[derive(Clone, Debug)]
pub struct Checkpoint {
    path: String,
    when: When,
    weights_only: bool,
}

#[derive(Clone, Debug)]
enum When {
    Every(usize),
    Best(Watch),
}

#[derive(Serialize, Deserialize)]
struct State {
    best: Option<Best>,
}

impl Checkpoint {
    /// After every `epochs` epochs (at least 1), and after the last.
    pub fn every(epochs: usize, path: impl Into<PathBuf>) -> Self {
        Self::new(path, When::Every(epochs))
    }

    /// Whenever a figure (`val_loss`, `val_accuracy`, ...) is better than in all epochs before.
    pub fn best(figure: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        Self::new(path, When::Best(Watch::new(figure)))
    }

    fn new(path: impl Into<PathBuf>, when: When) -> Self {
        Self {
            path: path.into().to_string_lossy().into_owned(),
            when,
            weights_only: false,
        }
    }

    /// Only the weights are written: smaller, for use and not for a resume.
    pub fn weights_only(mut self) -> Self {
        self.weights_only = true;
        self
    }
}

impl Callback for Checkpoint {
    fn watches(&self) -> Option<&str> {
        match &self.when {
            When::Every(_) => None,
            When::Best(watch) => Some(watch.figure()),
        }
    }

    fn on_train_begin(&mut self, run: &Run) -> Result<(), CallbackError> {
        match &mut self.when {
            When::Every(0) => return Err("expected to write every 1 epoch or more, found 0".into()),
            When::Every(every) => *every = (*every).min(run.epochs),
            When::Best(watch) => watch.begin(run),
        }
        Ok(())
    }

    fn on_epoch_end(&mut self, epoch: &mut EpochEnd<'_>) -> Result<Control, CallbackError> {
        let number = epoch.record.epoch;
        let due = match &mut self.when {
            When::Every(every) => number.is_multiple_of(*every) || epoch.is_last(),
            When::Best(watch) => watch.improves(epoch.record),
        };
        if due {
            let path = self.path.replace("{epoch}", &number.to_string());
            if self.weights_only {
                epoch.save_weights(&path)?;
            } else {
                epoch.save_checkpoint(path);
            }
        }
        Ok(Control::Continue)
    }

    fn state(&self) -> CallbackState {
        let best = match &self.when {
            When::Every(_) => None,
            When::Best(watch) => watch.best(),
        };
        CallbackState {
            values: serde_json::json!(State { best }),
            tensors: Vec::new(),
        }
    }

    fn restore(&mut self, state: CallbackState) -> Result<(), CallbackError> {
        let State { best } = parse(state.values)?;
        if let When::Best(watch) = &mut self.when {
            watch.restore(best);
        }
        Ok(())
    }
}

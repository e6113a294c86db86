//! Checkpoints while training runs: every so many epochs, or whenever a figure is the best so far.

use super::watch::{Seen, Watch};
use super::{Callback, CallbackError, Control, EpochEnd, Run, TrainEnd, files};
use std::path::{Path, PathBuf};

/// Writes the network to a file while it trains.
///
/// By default the file is one from which [`Fit::resume`](super::Fit::resume) continues bit for bit; it can also be loaded
/// as weights. `{epoch}` in its name becomes the epoch's number.
///
/// A path without a folder at its root is that of the working directory in which the run began, also where the program changes it
/// later.
///
/// What is best is taken from the run's history, resumed epochs included, whichever callbacks a run before had: a better file
/// is never replaced by a worse epoch's.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::training::Checkpoint;
/// let last = Checkpoint::every(1, "run/last.safetensors");
/// let best = Checkpoint::best("val_accuracy", "run/best.safetensors").weights_only();
/// let all = Checkpoint::every(10, "run/epoch{epoch}.safetensors");
/// ```
#[derive(Clone, Debug)]
pub struct Checkpoint {
    path: PathBuf,
    /// Where that is, whatever the working directory becomes while training runs.
    place: PathBuf,
    when: When,
    weights_only: bool,
    /// What this run has taught: the best epoch.
    seen: Seen,
}

#[derive(Clone, Debug)]
enum When {
    Every(usize),
    Best(Watch),
}

impl Checkpoint {
    /// After every `epochs` epochs (at least 1), and when training is over, whether it came to its last epoch or was stopped:
    /// then with the weights that the other callbacks leave, such as those that
    /// [`EarlyStopping::restore_best`](super::EarlyStopping::restore_best) brings back.
    pub fn every(epochs: usize, path: impl Into<PathBuf>) -> Self {
        Self::new(path, When::Every(epochs))
    }

    /// Whenever a figure (`val_loss`, `val_accuracy`, ...) is better than in all epochs before: of equal ones the first is kept. If it is
    /// NaN in every epoch, nothing is written, and a note says so.
    pub fn best(figure: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        Self::new(path, When::Best(Watch::new(figure)))
    }

    fn new(path: impl Into<PathBuf>, when: When) -> Self {
        let path = path.into();
        Self {
            place: path.clone(),
            path,
            when,
            weights_only: false,
            seen: Seen::default(),
        }
    }

    /// Only the weights are written: smaller, for use and not for a resume.
    pub fn weights_only(mut self) -> Self {
        self.weights_only = true;
        self
    }
}

/// The path with the epoch's number for each `{epoch}`; parts that aren't Unicode stay as they are.
fn numbered(path: &Path, epoch: usize) -> PathBuf {
    let number = epoch.to_string();
    path.iter()
        .map(|part| match part.to_str() {
            Some(text) => text.replace("{epoch}", &number).into(),
            None => part.to_os_string(),
        })
        .collect()
}

impl Callback for Checkpoint {
    fn identity(&self) -> String {
        let what = match &self.when {
            When::Every(epochs) => format!("every {epochs}"),
            When::Best(watch) => format!("best `{}`", watch.figure),
        };
        format!("Checkpoint of {what} to {}", self.path.display())
    }

    fn validate(&self) -> Result<(), CallbackError> {
        match self.when {
            When::Every(0) => Err("expected to write every 1 epoch or more, found 0".into()),
            _ => Ok(()),
        }
    }

    fn writes(&self) -> Vec<PathBuf> {
        vec![self.path.clone()]
    }

    fn watches(&self) -> Option<&str> {
        match &self.when {
            When::Every(_) => None,
            When::Best(watch) => Some(&watch.figure),
        }
    }

    fn reset(&mut self) {
        self.seen = Seen::default();
        self.place = files::fixed(&self.path);
    }

    fn on_train_begin(&mut self, run: &Run) -> Result<(), CallbackError> {
        if let When::Best(watch) = &self.when {
            self.seen = watch.begin(run);
            for record in run.history.epochs() {
                watch.improves(&mut self.seen, record);
            }
        }
        Ok(())
    }

    fn on_epoch_end(&mut self, epoch: &mut EpochEnd<'_>) -> Result<Control, CallbackError> {
        let number = epoch.record.epoch;
        let due = match &self.when {
            When::Every(every) => number.is_multiple_of(*every),
            // An epoch that was broken off is taken up again by a resume.
            When::Best(watch) => {
                epoch.is_complete() && watch.improves(&mut self.seen, epoch.record)
            }
        };
        if due {
            let path = numbered(&self.place, number);
            if self.weights_only {
                epoch.save_weights(&path)?;
            } else {
                epoch.save_checkpoint(path);
            }
        }
        Ok(Control::Continue)
    }

    fn on_train_end(&mut self, end: &mut TrainEnd<'_>) -> Result<(), CallbackError> {
        let Some(last) = end.history.epochs().last() else {
            return Ok(());
        };
        match &self.when {
            When::Every(_) => {
                let path = numbered(&self.place, last.epoch);
                if self.weights_only {
                    end.save_weights(path);
                } else {
                    end.save_checkpoint(path);
                }
            }
            When::Best(watch) if self.seen.best.is_none() => {
                let (path, figure) = (self.path.display(), &watch.figure);
                end.note(format!(
                    "{path} isn't written: `{figure}` was never a number"
                ));
            }
            When::Best(_) => {}
        }
        Ok(())
    }
}

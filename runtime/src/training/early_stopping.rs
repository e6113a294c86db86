//! Stopping when a figure has stopped getting better.

use super::watch::{Best, Seen, Watch};
use super::{
    Callback, CallbackError, CallbackState, Control, EpochEnd, EpochRecord, Run, TrainEnd,
    TrainFailure,
};
use crate::engine::Network;
use serde::{Deserialize, Serialize};

/// Ends training when a figure hasn't become better for some epochs; may then bring back the best epoch's weights.
///
/// Whether more or less is better follows from the figure: losses fall, each metric says for itself.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::training::EarlyStopping;
/// let callback = EarlyStopping::new("val_loss").patience(3).restore_best();
/// ```
///
/// After a resume it goes on as if nothing had been, also with another patience. One that the checkpoint doesn't know, with
/// another figure or `min_delta` for example, begins with the first epoch after it; a note says so.
#[derive(Clone, Debug)]
pub struct EarlyStopping {
    watch: Watch,
    patience: usize,
    restore_best: bool,
    memory: Memory,
}

/// What a run has taught.
#[derive(Clone, Debug, Default)]
struct Memory {
    seen: Seen,
    /// Epochs since the best one.
    waited: usize,
    /// Epochs (from the run's beginning) that were over when this callback joined in.
    joined_after: usize,
    /// The best epoch's weights.
    kept: Option<Kept>,
}

/// Parameters and state of an epoch.
#[derive(Clone, Debug)]
struct Kept {
    epoch: usize,
    buffers: [Vec<f32>; 2],
}

/// What a checkpoint holds besides the kept weights: the rest follows from the history.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    joined_after: usize,
    kept: Option<usize>,
}

/// The names of the kept buffers in a checkpoint.
const KEPT: [&str; 2] = ["best_parameters", "best_state"];

impl EarlyStopping {
    /// Watches a figure: `val_loss`, `val_accuracy`, `loss`, ... Ends after the first epoch that isn't better unless
    /// [`patience`](Self::patience) is set.
    pub fn new(figure: impl Into<String>) -> Self {
        Self {
            watch: Watch::new(figure),
            patience: 0,
            restore_best: false,
            memory: Memory::default(),
        }
    }

    /// How many epochs in a row may pass without a better value: 0 unless set. The next one ends training, as in
    /// [`ReduceOnPlateau`](crate::schedules::ReduceOnPlateau); in Keras and Lightning the last of them does.
    pub fn patience(mut self, epochs: usize) -> Self {
        self.patience = epochs;
        self
    }

    /// By how much a value must be better to count: 0 or more, 0 unless set.
    pub fn min_delta(mut self, delta: f64) -> Self {
        self.watch.margin = delta;
        self
    }

    /// At the end of training the network gets the weights and the state of the best epoch, whether it was stopped, ran to
    /// its last epoch, or ended with an error, such as a loss that became NaN.
    pub fn restore_best(mut self) -> Self {
        self.restore_best = true;
        self
    }

    /// Takes an epoch into account; whether it was the best so far.
    fn observe(&mut self, record: &EpochRecord) -> bool {
        let better = self.watch.improves(&mut self.memory.seen, record);
        self.memory.waited = if better { 0 } else { self.memory.waited + 1 };
        better
    }

    /// Whether the patience is at an end.
    fn control(&self) -> Control {
        if self.memory.waited <= self.patience {
            return Control::Continue;
        }
        let figure = &self.watch.figure;
        Control::Stop(match self.memory.seen.best {
            Some(Best { epoch, value }) => {
                format!("`{figure}` was best in epoch {epoch} ({value:.4})")
            }
            None => format!("`{figure}` was never a number"),
        })
    }

    /// Gives the network the kept weights; the epoch that they are of, or `None` if there are none.
    fn bring_back(&self, network: &mut dyn Network) -> Result<Option<usize>, CallbackError> {
        let Some(Kept { epoch, buffers }) = &self.memory.kept else {
            return Ok(None);
        };
        let [parameters, state] = buffers;
        let (own_parameters, own_state) = network.store_mut().both_mut();
        if own_parameters.len() != parameters.len() || own_state.len() != state.len() {
            return Err("the kept weights belong to another model".into());
        }
        own_parameters.copy_from_slice(parameters);
        own_state.copy_from_slice(state);
        Ok(Some(*epoch))
    }
}

impl Callback for EarlyStopping {
    fn identity(&self) -> String {
        let Watch { figure, margin } = &self.watch;
        let restoring = if self.restore_best {
            ", restoring the best"
        } else {
            ""
        };
        format!("EarlyStopping of `{figure}` by {margin}{restoring}")
    }

    fn validate(&self) -> Result<(), CallbackError> {
        let margin = self.watch.margin;
        if margin.is_finite() && margin >= 0.0 {
            return Ok(());
        }
        Err(format!("min_delta: expected a finite number, 0 or more, found {margin}").into())
    }

    fn watches(&self) -> Option<&str> {
        Some(&self.watch.figure)
    }

    fn reset(&mut self) {
        self.memory = Memory {
            joined_after: usize::MAX,
            ..Memory::default()
        };
    }

    fn on_train_begin(&mut self, run: &Run) -> Result<(), CallbackError> {
        let epochs = run.history.epochs();
        self.memory.seen = self.watch.begin(run);
        // One that wasn't restored joins in now.
        self.memory.joined_after = self.memory.joined_after.min(epochs.len());
        for record in &epochs[self.memory.joined_after..] {
            self.observe(record);
        }
        let best = self.memory.seen.best.map(|best| best.epoch);
        let kept = self.memory.kept.as_ref();
        if self.restore_best && kept.map(|kept| kept.epoch) != best {
            return Err(
                "the saved state keeps the weights of another epoch than the history's best".into(),
            );
        }
        match kept {
            Some(kept) if kept.buffers.each_ref().map(Vec::len) != run.sizes => {
                Err("the kept weights belong to another model".into())
            }
            _ => Ok(()),
        }
    }

    fn at_start(&mut self) -> Control {
        self.control()
    }

    fn on_epoch_end(&mut self, epoch: &mut EpochEnd<'_>) -> Result<Control, CallbackError> {
        // An epoch that was broken off is taken up again by a resume, and counts when it is whole.
        if !epoch.is_complete() {
            return Ok(Control::Continue);
        }
        if self.observe(epoch.record) && self.restore_best {
            let store = epoch.network.store();
            let kept = self.memory.kept.get_or_insert_with(|| Kept {
                epoch: 0,
                buffers: [Vec::new(), Vec::new()],
            });
            kept.epoch = epoch.record.epoch;
            for (buffer, values) in kept
                .buffers
                .iter_mut()
                .zip([store.parameters(), store.state()])
            {
                buffer.clear();
                buffer.extend_from_slice(values);
            }
        }
        Ok(self.control())
    }

    fn on_train_end(&mut self, end: &mut TrainEnd<'_>) -> Result<(), CallbackError> {
        let last = end.history.epochs().last().map_or(0, |record| record.epoch);
        match self.bring_back(end.network)? {
            Some(epoch) if epoch != last => {
                end.note(format!("Weights of epoch {epoch} restored"));
            }
            None if self.restore_best && last > 0 => {
                let figure = &self.watch.figure;
                end.note(format!(
                    "No weights restored: `{figure}` was never a number"
                ));
            }
            _ => {}
        }
        Ok(())
    }

    fn on_train_error(&mut self, failure: &mut TrainFailure<'_>) {
        if let Ok(Some(epoch)) = self.bring_back(failure.network) {
            failure.restored(epoch);
        }
    }

    fn state(&self) -> CallbackState {
        let Memory {
            joined_after, kept, ..
        } = &self.memory;
        let values = serde_json::json!(State {
            joined_after: *joined_after,
            kept: kept.as_ref().map(|kept| kept.epoch),
        });
        let buffers = kept.iter().flat_map(|kept| &kept.buffers).zip(KEPT);
        CallbackState {
            values,
            tensors: buffers
                .map(|(buffer, name)| (name.to_string(), buffer.clone()))
                .collect(),
        }
    }

    fn restore(&mut self, state: CallbackState) -> Result<(), CallbackError> {
        let State { joined_after, kept } = serde_json::from_value(state.values)
            .map_err(|error| format!("the saved state isn't one of this callback: {error}"))?;
        let take = |name: &str| {
            let found = state.tensors.iter().find(|(n, _)| n == name);
            let (_, values) = found.ok_or_else(|| format!("`{name}` is missing"))?;
            match values.iter().find(|value| !value.is_finite()) {
                Some(value) => Err(format!("`{name}` holds {value}, expected finite numbers")),
                None => Ok(values.clone()),
            }
        };
        self.memory.joined_after = joined_after;
        self.memory.kept = match kept {
            Some(epoch) => Some(Kept {
                epoch,
                buffers: [take(KEPT[0])?, take(KEPT[1])?],
            }),
            None => None,
        };
        Ok(())
    }
}

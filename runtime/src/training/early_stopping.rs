//! Stopping when a figure has stopped getting better.

use super::watch::{Best, Watch, parse};
use super::{Callback, CallbackError, CallbackState, Control, EpochEnd, Run, TrainEnd};
use serde::{Deserialize, Serialize};

/// Ends training when a figure hasn't become better for some epochs; may then bring back the best epoch's weights.
///
/// Whether more or less is better follows from the figure: losses fall, each metric says for itself.
///
/// ```
/// use shapeflow_runtime::training::EarlyStopping;
/// let callback = EarlyStopping::new("val_loss").patience(3).restore_best();
/// ```
#[derive(Clone, Debug)]
pub struct EarlyStopping {
    watch: Watch,
    patience: usize,
    restore_best: bool,
    waited: usize,
    /// Parameters and state of the best epoch.
    kept: Option<[Vec<f32>; 2]>,
}

#[derive(Serialize, Deserialize)]
struct State {
    best: Option<Best>,
    waited: usize,
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
            waited: 0,
            kept: None,
        }
    }

    /// How many epochs in a row may pass without a better value: 0 unless set.
    pub fn patience(mut self, epochs: usize) -> Self {
        self.patience = epochs;
        self
    }

    /// By how much a value must be better to count: 0 unless set.
    pub fn min_delta(mut self, delta: f64) -> Self {
        self.watch.margin = delta.abs();
        self
    }

    /// At the end of training the network gets the weights and the state of the best epoch, whether it was stopped or ran to
    /// its last epoch.
    pub fn restore_best(mut self) -> Self {
        self.restore_best = true;
        self
    }
}

impl Callback for EarlyStopping {
    fn watches(&self) -> Option<&str> {
        Some(self.watch.figure())
    }

    fn on_train_begin(&mut self, run: &Run) -> Result<(), CallbackError> {
        self.watch.begin(run);
        Ok(())
    }

    fn on_epoch_end(&mut self, epoch: &mut EpochEnd<'_>) -> Result<Control, CallbackError> {
        if self.watch.improves(epoch.record) {
            self.waited = 0;
            if self.restore_best {
                let store = epoch.network.store();
                let [parameters, state] = self.kept.get_or_insert_default();
                parameters.clear();
                parameters.extend_from_slice(store.parameters());
                state.clear();
                state.extend_from_slice(store.state());
            }
            return Ok(Control::Continue);
        }
        self.waited += 1;
        if self.waited <= self.patience {
            return Ok(Control::Continue);
        }
        let figure = self.watch.figure();
        Ok(Control::Stop(match self.watch.best() {
            Some(best) => format!(
                "`{figure}` was best in epoch {} ({:.4})",
                best.epoch,
                best.value()
            ),
            None => format!("`{figure}` was never a number"),
        }))
    }

    fn on_train_end(&mut self, end: &mut TrainEnd<'_>) -> Result<(), CallbackError> {
        let (Some([parameters, state]), Some(best)) = (&self.kept, self.watch.best()) else {
            return Ok(());
        };
        let last = end.history.epochs().last().map_or(0, |record| record.epoch);
        if best.epoch == last {
            return Ok(());
        }
        let (own_parameters, own_state) = end.network.store_mut().both_mut();
        if own_parameters.len() != parameters.len() || own_state.len() != state.len() {
            return Err("the kept weights belong to another model".into());
        }
        own_parameters.copy_from_slice(parameters);
        own_state.copy_from_slice(state);
        end.note(format!("Weights of epoch {} restored", best.epoch));
        Ok(())
    }

    fn state(&self) -> CallbackState {
        let values = serde_json::json!(State {
            best: self.watch.best(),
            waited: self.waited
        });
        let kept = self.kept.iter().flatten().zip(KEPT);
        CallbackState {
            values,
            tensors: kept
                .map(|(buffer, name)| (name.to_string(), buffer.clone()))
                .collect(),
        }
    }

    fn restore(&mut self, state: CallbackState) -> Result<(), CallbackError> {
        let State { best, waited } = parse(state.values)?;
        self.watch.restore(best);
        self.waited = waited;
        let take = |name| {
            state
                .tensors
                .iter()
                .find(|(n, _)| n == name)
                .map(|(_, values)| values.clone())
        };
        self.kept = match KEPT.map(take) {
            [Some(parameters), Some(state)] => Some([parameters, state]),
            _ => None,
        };
        Ok(())
    }
}

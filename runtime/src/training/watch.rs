//! The best value of a figure so far.

use super::{CallbackError, EpochRecord, Run};
use serde::{Deserialize, Serialize};

/// A figure and its best value.
#[derive(Clone, Debug)]
pub(super) struct Watch {
    figure: String,
    higher_is_better: bool,
    /// By how much a value must be better to count.
    pub(super) margin: f64,
    best: Option<Best>,
}

/// The best value, and the epoch (from 1) that had it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Best {
    pub(super) epoch: usize,
    /// The value's bits, since JSON has no infinities.
    bits: u64,
}

impl Best {
    pub(super) fn value(self) -> f64 {
        f64::from_bits(self.bits)
    }
}

impl Watch {
    pub(super) fn new(figure: impl Into<String>) -> Self {
        Self {
            figure: figure.into(),
            higher_is_better: false,
            margin: 0.0,
            best: None,
        }
    }

    pub(super) fn figure(&self) -> &str {
        &self.figure
    }

    /// The direction in which the figure gets better.
    pub(super) fn begin(&mut self, run: &Run) {
        self.higher_is_better = run.higher_is_better(&self.figure);
    }

    /// Whether this epoch is the best so far. NaN never is.
    pub(super) fn improves(&mut self, record: &EpochRecord) -> bool {
        let Some(value) = record.get(&self.figure).filter(|value| !value.is_nan()) else {
            return false;
        };
        let better = self.best.is_none_or(|best| {
            if self.higher_is_better {
                value > best.value() + self.margin
            } else {
                value < best.value() - self.margin
            }
        });
        if better {
            self.best = Some(Best {
                epoch: record.epoch,
                bits: value.to_bits(),
            });
        }
        better
    }

    pub(super) fn best(&self) -> Option<Best> {
        self.best
    }

    pub(super) fn restore(&mut self, best: Option<Best>) {
        self.best = best;
    }
}

/// A state in JSON, with an error that says whose it is.
pub(super) fn parse<T: for<'a> Deserialize<'a>>(
    values: serde_json::Value,
) -> Result<T, CallbackError> {
    serde_json::from_value(values)
        .map_err(|error| format!("the saved state isn't one of this callback: {error}").into())
}

//! The best value of a figure so far.

use super::{EpochRecord, Run};

/// A figure, and when it counts as better.
#[derive(Clone, Debug)]
pub(super) struct Watch {
    pub(super) figure: String,
    /// By how much a value must be better to count.
    pub(super) margin: f64,
}

/// What a run has taught of a figure: its direction, and the best epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Seen {
    higher_is_better: bool,
    pub(super) best: Option<Best>,
}

/// The best value, and the epoch (from 1) that had it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Best {
    pub(super) epoch: usize,
    pub(super) value: f64,
}

impl Watch {
    pub(super) fn new(figure: impl Into<String>) -> Self {
        Self {
            figure: figure.into(),
            margin: 0.0,
        }
    }

    /// Nothing seen yet of a figure whose direction the run knows.
    pub(super) fn begin(&self, run: &Run) -> Seen {
        Seen {
            higher_is_better: run.higher_is_better(&self.figure),
            best: None,
        }
    }

    /// Whether this epoch is the best so far, which `seen` then knows. NaN never is.
    pub(super) fn improves(&self, seen: &mut Seen, record: &EpochRecord) -> bool {
        let value = record.find(&self.figure).filter(|value| !value.is_nan());
        let Some(value) = value else {
            return false;
        };
        let better = seen.best.is_none_or(|best| {
            if seen.higher_is_better {
                value > best.value + self.margin
            } else {
                value < best.value - self.margin
            }
        });
        if better {
            let epoch = record.epoch;
            seen.best = Some(Best { epoch, value });
        }
        better
    }
}

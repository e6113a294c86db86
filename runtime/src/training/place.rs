//! A place within an epoch: where a callback ended training, and what has to be known to go on from there.

use super::loss_mean::LossMean;
use serde::{Deserialize, Serialize};

/// Where in an epoch training is.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// Batches of the epoch that are done.
    pub(super) batches: usize,
    /// The time that they took.
    pub(super) seconds: f64,
    /// Their losses.
    pub(super) loss: LossMean,
    /// For each output, their predictions, batch by batch; empty where no metric is about it.
    pub(super) predictions: Vec<Vec<f32>>,
}

/// A place in a checkpoint's JSON; the predictions are arrays of the file.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct SavedPlace {
    pub(super) batches: usize,
    seconds: f64,
    loss: Vec<[u64; 2]>,
}

impl SavedPlace {
    pub(super) fn of(place: &Place) -> Self {
        Self {
            batches: place.batches,
            seconds: place.seconds,
            loss: place.loss.bits(),
        }
    }

    /// The place, if it can be one of an epoch with so many batches.
    pub(super) fn with(self, batches: usize, predictions: Vec<Vec<f32>>) -> Result<Place, String> {
        if self.batches == 0 || self.batches >= batches {
            let found = self.batches;
            return Err(format!(
                "it stopped after batch {found} of an epoch, expected 1 to {}",
                batches.saturating_sub(1)
            ));
        }
        let loss = LossMean::from_bits(predictions.len(), &self.loss);
        let loss = loss.ok_or("its sums of losses are no finite numbers, one pair per output")?;
        Ok(Place {
            batches: self.batches,
            seconds: self.seconds,
            loss,
            predictions,
        })
    }
}

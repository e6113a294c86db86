//! How far predicted numbers are from the right ones, on average.

use crate::data::TargetsView;
use crate::link::OutputSpec;
use crate::metrics::{Metric, MetricError, answers};

/// How far predictions are off on average.
///
/// `mean(|y - t|)` over all numbers of all examples, in the targets' unit. NaN before any was seen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MeanAbsoluteError {
    sum: f64,
    count: u64,
}

impl MeanAbsoluteError {
    /// Nothing seen yet.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Metric for MeanAbsoluteError {
    fn name(&self) -> &str {
        "mean_absolute_error"
    }

    fn higher_is_better(&self) -> bool {
        false
    }

    fn reset(&mut self) {
        *self = Self::default();
    }

    fn update(
        &mut self,
        output: OutputSpec,
        predictions: &[f32],
        targets: TargetsView<'_>,
    ) -> Result<(), MetricError> {
        let name = "mean_absolute_error";
        answers::values(name, output, predictions, targets, |_, target, y| {
            self.sum += (y - target).abs();
            self.count += 1;
        })
    }

    fn value(&self) -> f64 {
        self.sum / self.count as f64
    }
}

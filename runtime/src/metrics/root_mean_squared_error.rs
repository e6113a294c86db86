//! How far predicted numbers are from the right ones, large errors counting more.

use crate::data::TargetsView;
use crate::link::OutputSpec;
use crate::metrics::{Metric, MetricError, answers};

/// How far predictions are off, large differences counting more.
///
/// `√mean((y - t)²)` over all numbers of all examples, in the targets' unit. NaN before any was seen.
///
/// As Keras' `RootMeanSquaredError`; scikit-learn's takes the root of each column and then the mean of these.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RootMeanSquaredError {
    sum: f64,
    count: u64,
}

impl RootMeanSquaredError {
    /// Nothing seen yet.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Metric for RootMeanSquaredError {
    fn name(&self) -> &str {
        "root_mean_squared_error"
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
        let name = "root_mean_squared_error";
        answers::values(name, output, predictions, targets, |_, target, y| {
            self.sum += (y - target) * (y - target);
            self.count += 1;
        })
    }

    fn value(&self) -> f64 {
        (self.sum / self.count as f64).sqrt()
    }
}

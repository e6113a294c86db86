//! The coefficient of determination: how much of the targets' spread the predictions explain.

use crate::data::TargetsView;
use crate::link::OutputSpec;
use crate::metrics::{Metric, MetricError, answers};

/// The part of the variance that is explained.
///
/// `R² = 1 - Σ (y - t)² / Σ (t - mean(t))²`, the mean over the columns: 1 is perfect, 0 no better than always answering
/// with the mean.
///
/// The same as scikit-learn's `r2_score`: a column whose targets are all equal counts 1 where the predictions are
/// exact and 0 where they aren't. NaN with fewer than two examples.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::data::TargetsView;
/// use shapeflow::link::{Link, OutputSpec};
/// use shapeflow::metrics::{R2, measure};
/// let output = OutputSpec::new(Link::Plain, &[1]);
/// let targets = TargetsView::Values(&[1.0, 2.0, 3.0]);
/// assert_eq!(measure(R2::new(), output, &[1.0, 2.0, 4.0], targets)?, 0.5);
/// # Ok::<(), shapeflow_runtime::metrics::MetricError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct R2 {
    columns: Vec<Sums>,
}

/// What is known of one column of the targets.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Sums {
    count: u64,
    mean: f64,
    /// `Σ (t - mean)²`, kept up by Welford's rule (1962), which doesn't cancel.
    spread: f64,
    /// `Σ (y - t)²`
    errors: f64,
}

impl R2 {
    /// Nothing seen yet.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Metric for R2 {
    fn name(&self) -> &str {
        "r2"
    }

    fn higher_is_better(&self) -> bool {
        true
    }

    fn reset(&mut self) {
        self.columns.fill(Sums::default());
    }

    fn update(
        &mut self,
        output: OutputSpec,
        predictions: &[f32],
        targets: TargetsView<'_>,
    ) -> Result<(), MetricError> {
        let seen = self.columns.iter().any(|column| column.count > 0);
        if seen && self.columns.len() != output.size() {
            return Err(MetricError::Width {
                metric: "r2".into(),
                expected: format!("{} columns as in the batches before", self.columns.len()),
                width: output.size(),
            });
        }
        self.columns.resize(output.size(), Sums::default());
        let columns = &mut self.columns;
        answers::values("r2", output, predictions, targets, |at, target, y| {
            let column = &mut columns[at];
            column.count += 1;
            let distance = target - column.mean;
            column.mean += distance / column.count as f64;
            column.spread += distance * (target - column.mean);
            column.errors += (y - target) * (y - target);
        })
    }

    fn value(&self) -> f64 {
        let sum: f64 = self
            .columns
            .iter()
            .map(|column| {
                if column.count < 2 {
                    f64::NAN
                } else if column.spread != 0.0 {
                    1.0 - column.errors / column.spread
                } else if column.errors == 0.0 {
                    1.0
                } else {
                    // Also where an error is NaN: there is no figure to divide by.
                    column.errors * 0.0
                }
            })
            .sum();
        sum / self.columns.len() as f64
    }
}

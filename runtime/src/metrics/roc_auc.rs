//! The area under the receiver operating characteristic: how well scores order yes above no.

use crate::data::TargetsView;
use crate::link::OutputSpec;
use crate::metrics::answers::{self, Reading};
use crate::metrics::{Metric, MetricError};

/// The probability that a true example gets a larger number than a false one; of equal numbers, half.
///
/// For one yes/no output that of "yes", for several the mean over the columns, for classes the mean over the classes,
/// each against the rest (scikit-learn's `roc_auc_score`, `multi_class="ovr"`, `average="macro"`). Columns and classes
/// that are true of every example or of none have no such figure and are left out of the mean; NaN where that leaves
/// none. All numbers are kept until [`Metric::reset`]: 5 bytes per example and column.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::data::TargetsView;
/// use shapeflow::link::{Link, OutputSpec};
/// use shapeflow::metrics::{RocAuc, measure};
/// let output = OutputSpec::new(Link::Sigmoid, &[1]);
/// let targets = TargetsView::Values(&[0.0, 0.0, 1.0, 1.0]);
/// assert_eq!(measure(RocAuc::new(), output, &[0.1, 0.4, 0.35, 0.8], targets)?, 0.75);
/// # Ok::<(), shapeflow_runtime::metrics::MetricError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RocAuc {
    columns: Vec<Vec<(f32, bool)>>,
}

impl RocAuc {
    /// Nothing seen yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The area of each column or class; `None` where it is true of every example or of none.
    pub fn per_class(&self) -> Vec<Option<f64>> {
        self.columns
            .iter()
            .map(|column| area(column.clone()))
            .collect()
    }
}

impl Metric for RocAuc {
    fn name(&self) -> &str {
        "roc_auc"
    }

    fn higher_is_better(&self) -> bool {
        true
    }

    fn reset(&mut self) {
        self.columns.iter_mut().for_each(Vec::clear);
    }

    fn update(
        &mut self,
        output: OutputSpec,
        predictions: &[f32],
        targets: TargetsView<'_>,
    ) -> Result<(), MetricError> {
        let seen = self.columns.iter().any(|column| !column.is_empty());
        if seen && self.columns.len() != output.width {
            return Err(MetricError::Width {
                metric: "roc_auc".into(),
                expected: format!("{} as in the batches before", self.columns.len()),
                width: output.width,
            });
        }
        self.columns.resize(output.width, Vec::new());
        let columns = &mut self.columns;
        match Reading::of(output, None) {
            // The order of the numbers is all that counts, whatever the threshold.
            Reading::YesNo { .. } => {
                answers::answers("roc_auc", output, predictions, targets, |at, yes, score| {
                    columns[at].push((score, yes));
                })
            }
            Reading::Classes => {
                answers::rows("roc_auc", output, predictions, targets, |class, row| {
                    for (at, (column, &score)) in columns.iter_mut().zip(row).enumerate() {
                        column.push((score, at == class));
                    }
                })
            }
        }
    }

    fn value(&self) -> f64 {
        let areas = self.per_class();
        let known = areas.iter().flatten();
        let count = known.clone().count();
        known.sum::<f64>() / count as f64
    }
}

/// The area under the curve of these scores; `None` where all of them are of one kind. Infinity is the largest score.
///
/// `(R - P (P + 1) / 2) / (P N)` with the `P` positives' sum of ranks `R`, equal scores sharing the mean of their ranks
/// (Mann and Whitney 1947; Hanley and McNeil 1982).
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::metrics::roc_auc;
/// assert_eq!(roc_auc(&[0.5, 0.5, 0.9], &[false, true, true])?, Some(0.75));
/// assert_eq!(roc_auc(&[0.5, 0.9], &[true, true])?, None);
/// # Ok::<(), shapeflow_runtime::metrics::MetricError>(())
/// ```
///
/// # Errors
/// If there isn't an answer for each score, or a score is NaN, which has no place in an order.
pub fn roc_auc(scores: &[f32], positive: &[bool]) -> Result<Option<f64>, MetricError> {
    if scores.len() != positive.len() {
        return Err(MetricError::Length {
            metric: "roc_auc".into(),
            predictions: scores.len(),
            expected: scores.len(),
            found: positive.len(),
        });
    }
    if let Some(row) = scores.iter().position(|score| score.is_nan()) {
        return Err(MetricError::Value {
            metric: "roc_auc".into(),
            what: "prediction",
            row,
            value: scores[row],
            expected: "a number",
        });
    }
    let pairs = scores.iter().copied().zip(positive.iter().copied());
    Ok(area(pairs.collect()))
}

fn area(mut scores: Vec<(f32, bool)>) -> Option<f64> {
    // -0 and 0 are the same score, and `total_cmp` would tell them apart.
    scores.iter_mut().for_each(|(score, _)| *score += 0.0);
    scores.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let positives = scores.iter().filter(|(_, yes)| *yes).count() as f64;
    let negatives = scores.len() as f64 - positives;
    if positives == 0.0 || negatives == 0.0 {
        return None;
    }
    let mut ranks = 0.0;
    let mut before = 0;
    for equals in scores.chunk_by(|a, b| a.0 == b.0) {
        let mean_rank = before as f64 + (equals.len() + 1) as f64 / 2.0;
        let positives = equals.iter().filter(|(_, yes)| *yes).count() as f64;
        ranks += positives * mean_rank;
        before += equals.len();
    }
    Some((ranks - positives * (positives + 1.0) / 2.0) / (positives * negatives))
}

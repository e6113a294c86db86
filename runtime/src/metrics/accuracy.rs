//! The part of answers that are right.

use crate::data::TargetsView;
use crate::link::OutputSpec;
use crate::metrics::answers::{self, Reading};
use crate::metrics::{Metric, MetricError};

/// The part of answers that is right.
///
/// `right / all`.
///
/// How an output is read follows from its link: after `Softmax` or `LogSoftmax`, and for several plain outputs, the
/// largest number names the class, and the targets are class numbers or one-hot rows. After `Sigmoid` each number is a
/// yes above 0.5; a single plain output is taken as a logit, a yes above 0. The targets of yes/no answers are 0 and 1.
/// A plain output that a loss of regression draws to 0 and 1 needs a [`threshold`](Accuracy::threshold), mostly 0.5; without one
/// it is refused.
///
/// NaN before any example was seen.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::data::TargetsView;
/// use shapeflow::link::{Link, OutputSpec};
/// use shapeflow::metrics::{Accuracy, measure};
/// let output = OutputSpec::new(Link::Softmax, &[3]);
/// let predictions = [0.1, 0.7, 0.2, 0.5, 0.3, 0.2];
/// assert_eq!(measure(Accuracy::new(), output, &predictions, TargetsView::Classes(&[1, 2]))?, 0.5);
/// # Ok::<(), shapeflow_runtime::metrics::MetricError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Accuracy {
    threshold: Option<f32>,
    right: u64,
    all: u64,
}

impl Accuracy {
    /// Reads the output as its link suggests.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads each number as a yes/no answer: yes above `threshold`.
    pub fn threshold(mut self, threshold: f32) -> Self {
        self.threshold = Some(threshold);
        self
    }
}

impl Metric for Accuracy {
    fn name(&self) -> &str {
        "accuracy"
    }

    fn higher_is_better(&self) -> bool {
        true
    }

    fn settings(&self) -> String {
        format!("threshold: {:?}", self.threshold)
    }

    fn validate(&self, _: OutputSpec) -> Result<(), MetricError> {
        answers::check_threshold("accuracy", self.threshold)
    }

    fn reads_logits(&self, output: OutputSpec) -> bool {
        Reading::is_of_logits(output, self.threshold)
    }

    fn reset(&mut self) {
        (self.right, self.all) = (0, 0);
    }

    fn update(
        &mut self,
        output: OutputSpec,
        predictions: &[f32],
        targets: TargetsView<'_>,
    ) -> Result<(), MetricError> {
        self.validate(output)?;
        let (mut right, mut all) = (0, 0);
        match Reading::of(output, self.threshold) {
            Reading::Classes => {
                answers::rows("accuracy", output, predictions, targets, |class, row| {
                    right += u64::from(answers::largest(row) == class);
                    all += 1;
                })?;
            }
            Reading::YesNo { threshold } => {
                answers::answers("accuracy", output, predictions, targets, |_, yes, score| {
                    right += u64::from((score > threshold) == yes);
                    all += 1;
                })?;
            }
        }
        self.right += right;
        self.all += all;
        Ok(())
    }

    fn value(&self) -> f64 {
        self.right as f64 / self.all as f64
    }
}

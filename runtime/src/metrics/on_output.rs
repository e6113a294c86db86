//! A metric about another output than the first.

use crate::data::TargetsView;
use crate::link::OutputSpec;
use crate::metrics::{Metric, MetricError};

/// A metric about one of several outputs; training puts the output's name in front of the metric's.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::metrics::{Accuracy, Metric, OnOutput};
/// let metric = OnOutput::new(1, Accuracy::new());
/// assert_eq!((metric.output(), metric.name()), (1, "accuracy"));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct OnOutput<M> {
    output: usize,
    metric: M,
}

impl<M: Metric> OnOutput<M> {
    /// `metric` about output `output`, counted from 0 in the model's order.
    pub fn new(output: usize, metric: M) -> Self {
        OnOutput { output, metric }
    }

    /// The metric itself.
    pub fn metric(&self) -> &M {
        &self.metric
    }
}

impl<M: Metric> Metric for OnOutput<M> {
    fn name(&self) -> &str {
        self.metric.name()
    }
    fn output(&self) -> usize {
        self.output
    }
    fn higher_is_better(&self) -> bool {
        self.metric.higher_is_better()
    }
    fn settings(&self) -> String {
        self.metric.settings()
    }
    fn validate(&self, output: OutputSpec) -> Result<(), MetricError> {
        self.metric.validate(output)
    }
    fn reads_logits(&self, output: OutputSpec) -> bool {
        self.metric.reads_logits(output)
    }
    fn reset(&mut self) {
        self.metric.reset();
    }
    fn update(
        &mut self,
        output: OutputSpec,
        predictions: &[f32],
        targets: TargetsView<'_>,
    ) -> Result<(), MetricError> {
        self.metric.update(output, predictions, targets)
    }
    fn value(&self) -> f64 {
        self.metric.value()
    }
}

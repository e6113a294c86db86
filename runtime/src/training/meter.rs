//! Loss and metrics, gathered over the batches of a pass.

use super::{Figure, TrainError};
use crate::data::TargetsView;
use crate::engine::{OutputPort, Program, apply_link};
use crate::metrics::Metric;

/// The figures of a pass over training or validation data.
pub(super) struct Meter<'a> {
    outputs: &'static [OutputPort],
    metrics: Vec<Measured<'a>>,
    loss_sum: f64,
    examples: usize,
    /// Predictions made of a training step's values before the link.
    predictions: Vec<f32>,
}

struct Measured<'a> {
    figure: String,
    metric: Box<dyn Metric + 'a>,
}

impl<'a> Meter<'a> {
    /// Checks that the metrics are about outputs that exist and have names of their own. With several outputs a metric's
    /// figure has the output's name in front: `class_accuracy`.
    pub(super) fn new(
        program: &'static Program,
        metrics: Vec<Box<dyn Metric + 'a>>,
    ) -> Result<Self, TrainError> {
        let outputs = program.outputs;
        let mut named: Vec<Measured<'a>> = Vec::with_capacity(metrics.len());
        for metric in metrics {
            let Some(output) = outputs.get(metric.output()) else {
                let expected = format!(
                    "an output below {}, the number of outputs of `{}`",
                    outputs.len(),
                    program.name
                );
                return Err(TrainError::setting(
                    "metric",
                    expected,
                    format!("`{}` of output {}", metric.name(), metric.output()),
                ));
            };
            let figure = match outputs.len() {
                1 => metric.name().to_string(),
                _ => format!("{}_{}", output.name, metric.name()),
            };
            if figure == "loss"
                || figure.starts_with("val_")
                || named.iter().any(|other| other.figure == figure)
            {
                return Err(TrainError::setting(
                    "metric",
                    "a name that no other figure has",
                    format!("`{figure}`"),
                ));
            }
            named.push(Measured { figure, metric });
        }
        Ok(Self {
            outputs,
            metrics: named,
            loss_sum: 0.0,
            examples: 0,
            predictions: Vec::new(),
        })
    }

    /// The figures that this meter gives, with `prefix` before each name.
    pub(super) fn known(&self, prefix: &str) -> Vec<Figure> {
        let loss = Figure {
            name: format!("{prefix}loss"),
            higher_is_better: false,
        };
        let metrics = self.metrics.iter().map(|measured| Figure {
            name: format!("{prefix}{}", measured.figure),
            higher_is_better: measured.metric.higher_is_better(),
        });
        std::iter::once(loss).chain(metrics).collect()
    }

    /// Forgets all batches.
    pub(super) fn reset(&mut self) {
        self.loss_sum = 0.0;
        self.examples = 0;
        for measured in &mut self.metrics {
            measured.metric.reset();
        }
    }

    /// Whether some metric is about this output.
    pub(super) fn wants(&self, output: usize) -> bool {
        self.metrics
            .iter()
            .any(|measured| measured.metric.output() == output)
    }

    /// The mean loss of a batch.
    pub(super) fn add_loss(&mut self, mean: f64, examples: usize) {
        self.loss_sum += mean * examples as f64;
        self.examples += examples;
    }

    /// Sets the loss of the whole pass.
    pub(super) fn set_loss(&mut self, mean: f64) {
        self.loss_sum = mean;
        self.examples = 1;
    }

    /// Values of an output before its link, and their targets.
    pub(super) fn add_logits(
        &mut self,
        data: &'static str,
        output: usize,
        logits: &[f32],
        targets: TargetsView<'_>,
    ) -> Result<(), TrainError> {
        let mut predictions = std::mem::take(&mut self.predictions);
        predictions.clear();
        predictions.extend_from_slice(logits);
        apply_link(&self.outputs[output], &mut predictions);
        let added = self.add_predictions(data, output, &predictions, targets);
        self.predictions = predictions;
        added
    }

    /// Predictions of an output, and their targets.
    pub(super) fn add_predictions(
        &mut self,
        data: &'static str,
        output: usize,
        predictions: &[f32],
        targets: TargetsView<'_>,
    ) -> Result<(), TrainError> {
        let spec = self.outputs[output].spec();
        for measured in self
            .metrics
            .iter_mut()
            .filter(|measured| measured.metric.output() == output)
        {
            let updated = measured.metric.update(spec, predictions, targets);
            updated.map_err(|source| TrainError::Metric { data, source })?;
        }
        Ok(())
    }

    /// The mean loss so far.
    pub(super) fn loss(&self) -> f64 {
        self.loss_sum / self.examples as f64
    }

    /// Gives each figure so far.
    pub(super) fn each(&self, mut take: impl FnMut(&str, f64)) {
        take("loss", self.loss());
        for measured in &self.metrics {
            take(&measured.figure, measured.metric.value());
        }
    }
}

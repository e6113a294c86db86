//! Loss and metrics, gathered over the batches of a pass.

use super::loss_mean::LossMean;
use super::{Figure, TrainError};
use crate::data::TargetsView;
use crate::engine::{OutputPort, Program, apply_link};
use crate::losses::OutputLoss;
use crate::metrics::{Metric, MetricError};

/// The most predictions, in numbers, that are kept of an epoch so that it can be taken up in its middle: 256 MiB.
const MOST_KEPT: usize = 64 << 20;

/// The figures of a pass over training or validation data.
pub(super) struct Meter<'a> {
    outputs: &'static [OutputPort],
    metrics: Vec<Measured<'a>>,
    loss: LossMean,
    /// For each output that a metric is about, its predictions in the epoch so far, batch by batch: metrics can be fed with
    /// them again. `None` once they are too many.
    predictions: Option<Vec<Vec<f32>>>,
    /// Predictions made of a training step's values before the link, where they aren't kept.
    scratch: Vec<f32>,
}

struct Measured<'a> {
    figure: String,
    metric: Box<dyn Metric + 'a>,
}

impl<'a> Meter<'a> {
    /// Checks that the metrics are about outputs that exist, fit them and their losses, and have names of their own. With several outputs a metric's
    /// figure has the output's name in front: `class_accuracy`.
    pub(super) fn new(
        program: &'static Program,
        losses: &[&dyn OutputLoss],
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
            let loss = losses.get(metric.output());
            let checked = match loss.filter(|loss| loss.is_regression()) {
                Some(loss) if metric.reads_logits(output.spec()) => Err(MetricError::Logit {
                    metric: metric.name().into(),
                    loss: loss.name(),
                }),
                _ => metric.validate(output.spec()),
            };
            checked.map_err(|source| TrainError::Metric {
                data: "metrics",
                source,
            })?;
            let figure = match outputs.len() {
                1 => metric.name().to_string(),
                _ => format!("{}_{}", output.name, metric.name()),
            };
            if ["epoch", "loss", "learning_rate", "seconds", ""].contains(&figure.as_str())
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
            loss: LossMean::new(outputs.len()),
            predictions: Some(vec![Vec::new(); outputs.len()]),
            scratch: Vec::new(),
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
        self.loss.reset();
        // Where they were too many, they will be so again: an epoch is as long as the other.
        for predictions in self.predictions.iter_mut().flatten() {
            predictions.clear();
        }
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

    /// Whether there is a metric at all.
    pub(super) fn has_metrics(&self) -> bool {
        !self.metrics.is_empty()
    }

    /// The figures that this meter gives besides the loss, with the settings of their metrics.
    pub(super) fn settings(&self) -> impl Iterator<Item = (&str, String)> {
        let measured = self.metrics.iter();
        measured.map(|measured| (measured.figure.as_str(), measured.metric.settings()))
    }

    /// The sums of which the loss of the pass is the mean.
    pub(super) fn loss_mean(&mut self) -> &mut LossMean {
        &mut self.loss
    }

    /// The predictions of the epoch so far for each output, empty for those that no metric is about; `None` if they were too
    /// many to be kept.
    pub(super) fn predictions(&self) -> Option<&[Vec<f32>]> {
        self.predictions.as_deref()
    }

    /// Values of an output before its link, and their targets.
    pub(super) fn add_logits(
        &mut self,
        data: &'static str,
        output: usize,
        logits: &[f32],
        targets: TargetsView<'_>,
    ) -> Result<(), TrainError> {
        let kept: usize = self.predictions.iter().flatten().map(Vec::len).sum();
        if kept + logits.len() > MOST_KEPT {
            self.predictions = None;
        }
        let mut all = match &mut self.predictions {
            Some(predictions) => std::mem::take(&mut predictions[output]),
            None => {
                self.scratch.clear();
                std::mem::take(&mut self.scratch)
            }
        };
        let first = all.len();
        all.extend_from_slice(logits);
        apply_link(&self.outputs[output], &mut all[first..]);
        let added = self.add_predictions(data, output, &all[first..], targets);
        match &mut self.predictions {
            Some(predictions) => predictions[output] = all,
            None => self.scratch = all,
        }
        added
    }

    /// Predictions that were kept of a batch of the epoch, and their targets.
    pub(super) fn add_again(
        &mut self,
        data: &'static str,
        output: usize,
        predictions: &[f32],
        targets: TargetsView<'_>,
    ) -> Result<(), TrainError> {
        if let Some(kept) = &mut self.predictions {
            kept[output].extend_from_slice(predictions);
        }
        self.add_predictions(data, output, predictions, targets)
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

    /// Checks that some example of a whole pass counts: a mean of nothing would be the best loss there is.
    pub(super) fn check_weight(&self, data: &'static str) -> Result<(), TrainError> {
        match self.loss.weightless() {
            Some(output) => Err(TrainError::NoWeight {
                data,
                output: self.outputs[output].name,
            }),
            None => Ok(()),
        }
    }

    /// The mean loss so far.
    pub(super) fn loss(&self) -> f64 {
        self.loss.mean()
    }

    /// Gives each figure so far.
    pub(super) fn each(&self, mut take: impl FnMut(&str, f64)) {
        take("loss", self.loss());
        for measured in &self.metrics {
            take(&measured.figure, measured.metric.value());
        }
    }
}

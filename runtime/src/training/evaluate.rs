//! Loss and metrics of a network on a data set, without training it.

use super::history::figure;
use super::meter::Meter;
use super::{FigureError, TrainError, check, names, threads, visit};
use crate::data::{BatchBuffers, BatchPool, BatchSource, Pass, Source};
use crate::engine::{EngineError, LossSum, Network, PredictWorkspace, Predictions, check_loss};
use crate::losses::{Loss, OutputLoss};
use crate::metrics::Metric;
use crate::model::Model;
use std::fmt;
use std::ops::ControlFlow;

/// Measures a network: `Evaluate::new(loss).metric(Accuracy::new()).run(&model, &test)?`.
///
/// Dropout is off and running statistics are used. The loss is the mean over all examples, by their weights.
pub struct Evaluate<'a, L> {
    loss: L,
    metrics: Vec<Box<dyn Metric + 'a>>,
    batch_size: usize,
    threads: Option<usize>,
}

/// The figures of a network on a data set.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// The mean loss.
    pub loss: f64,
    /// `loss` and all metrics by name.
    pub figures: Vec<(String, f64)>,
}

impl Evaluation {
    /// The figure of that name.
    ///
    /// # Errors
    /// [`FigureError::Unknown`] if there is none, with the nearest name.
    pub fn get(&self, name: &str) -> Result<f64, FigureError> {
        let found = self.figures.iter().find(|(figure, _)| figure == name);
        found.map(|&(_, value)| value).ok_or_else(|| {
            let known: Vec<&str> = self.figures.iter().map(|(name, _)| name.as_str()).collect();
            FigureError::unknown(name, &known)
        })
    }
}

impl fmt::Display for Evaluation {
    /// `loss 0.2911  accuracy 0.8995`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let figures: Vec<String> = self
            .figures
            .iter()
            .map(|(name, value)| format!("{name} {}", figure(*value)))
            .collect();
        f.write_str(&figures.join("  "))
    }
}

impl<'a, L> Evaluate<'a, L> {
    /// Measures this loss; metrics are added with [`metric`](Self::metric).
    pub fn new(loss: L) -> Self {
        Self {
            loss,
            metrics: Vec::new(),
            batch_size: Predictions::BATCH,
            threads: None,
        }
    }

    /// Measures a metric too.
    pub fn metric(mut self, metric: impl Metric + 'a) -> Self {
        self.metrics.push(Box::new(metric));
        self
    }

    /// Examples per batch, 256 unless set. It changes time and memory, and figures in their last bits at most.
    pub fn batch_size(mut self, examples: usize) -> Self {
        self.batch_size = examples;
        self
    }

    /// Threads to be used; all of rayon's unless set.
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = Some(threads);
        self
    }

    /// Runs the network over all examples.
    ///
    /// # Errors
    /// A [`TrainError`] if the data doesn't fit the model, a target the loss or a metric, or the data can't be read.
    pub fn run<M, S>(self, model: &M, data: &S) -> Result<Evaluation, TrainError>
    where
        M: Model,
        S: Source,
        L: Loss<M::Kinds, S::Targets>,
    {
        evaluate(
            model,
            data,
            &self.loss.parts(),
            self.metrics,
            self.batch_size,
            self.threads,
        )
    }
}

/// The same without types, so that it is compiled once.
fn evaluate(
    network: &dyn Network,
    data: &dyn BatchSource,
    losses: &[&dyn OutputLoss],
    metrics: Vec<Box<dyn Metric + '_>>,
    batch_size: usize,
    count: Option<usize>,
) -> Result<Evaluation, TrainError> {
    threads::run(count, move || {
        let mut meter = Meter::new(network.program(), losses, metrics)?;
        let mut pass = Measure::new(network, data, "data", batch_size)?;
        names::agree(network.program(), network.store().names(), data, "data")?;
        pass.run(network, losses, &mut meter)?;
        let mut figures = Vec::new();
        meter.each(|name, value| figures.push((name.to_string(), value)));
        let loss = meter.loss();
        if !loss.is_finite() {
            return Err(TrainError::LossNotFinite { data: "data", loss });
        }
        Ok(Evaluation { loss, figures })
    })
}

/// A data set to be measured again and again, with the memory for it.
pub(super) struct Measure<'a> {
    data: &'a dyn BatchSource,
    what: &'static str,
    pass: Pass,
    workspace: PredictWorkspace,
    pool: BatchPool,
}

impl<'a> Measure<'a> {
    /// Checks the data and takes the memory.
    pub(super) fn new(
        network: &dyn Network,
        data: &'a dyn BatchSource,
        what: &'static str,
        batch_size: usize,
    ) -> Result<Self, TrainError> {
        if batch_size == 0 {
            return Err(TrainError::setting("batch_size", "at least 1", 0));
        }
        let program = network.program();
        check::examples(program, data, what)?;
        names::fit(program, data, what)?;
        Ok(Self {
            data,
            what,
            pass: Pass::evaluation(batch_size),
            workspace: PredictWorkspace::new(program, batch_size.min(data.examples())),
            pool: BatchPool::new(),
        })
    }

    pub(super) fn examples(&self) -> usize {
        self.data.examples()
    }

    /// Measures loss and metrics of all examples into `meter`, which is reset first.
    pub(super) fn run(
        &mut self,
        network: &dyn Network,
        losses: &[&dyn OutputLoss],
        meter: &mut Meter<'_>,
    ) -> Result<(), TrainError> {
        meter.reset();
        let (program, what) = (network.program(), self.what);
        let workspace = &mut self.workspace;
        let mut number = 0;
        let mut measure = |batch: &BatchBuffers| {
            number += 1;
            batch.with_views(|inputs, targets| {
                let engine = |source| TrainError::engine(format!("{what}, batch {number}"), source);
                if targets.len() != program.outputs.len() || losses.len() != targets.len() {
                    let (model, outputs) = (program.name, program.outputs.len());
                    let (losses, targets) = (losses.len(), targets.len());
                    return Err(engine(EngineError::Outputs {
                        model,
                        outputs,
                        losses,
                        targets,
                    }));
                }
                workspace
                    .run(network, inputs, batch.examples())
                    .map_err(engine)?;
                for (index, (port, &targets)) in program.outputs.iter().zip(targets).enumerate() {
                    let (loss, spec) = (losses[index], port.spec());
                    let weight = check_loss(program, port, loss, targets, batch.examples())
                        .map_err(engine)?;
                    let logits = workspace.logits(index);
                    let sum = loss.forward_backward(spec, logits, targets, 1.0, None);
                    meter.loss_mean().add(index, LossSum { sum, weight });
                    if meter.wants(index) {
                        meter.add_predictions(
                            what,
                            index,
                            workspace.predictions(index),
                            targets,
                        )?;
                    }
                }
                Ok(ControlFlow::Continue(()))
            })
        };
        let (data, pass) = (self.data, &self.pass);
        let examples = data.examples();
        let outcome = visit::batches(data, what, examples, pass, &mut self.pool, &mut measure);
        if let Err(TrainError::Engine { source, .. }) = &outcome
            && matches!(**source, EngineError::Loss { .. })
        {
            let checked = check::targets(program, self.data, what, losses);
            if let Err(located @ TrainError::Target { .. }) = checked {
                return Err(located);
            }
        }
        outcome?;
        meter.check_weight(what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_figure_is_an_error_with_the_nearest_name() {
        let figures = [("loss", 0.5), ("accuracy", 0.75)];
        let measured = Evaluation {
            loss: 0.5,
            figures: figures.map(|(name, value)| (name.into(), value)).into(),
        };
        assert_eq!(measured.get("accuracy"), Ok(0.75));
        for name in ["acuracy", "val_accuracy"] {
            let error = measured.get(name).unwrap_err().to_string();
            let expected = format!("there is no figure `{name}`; did you mean `accuracy`?");
            assert_eq!(error, expected);
        }
    }
}

//! The steps of an epoch: learning from a batch, and measuring.

use super::place::Place;
use super::trainer::Trainer;
use super::visit::TRAINING;
use super::{BatchBegin, BatchEnd, Control, TrainError, announce};
use crate::data::BatchBuffers;
use crate::engine::{Batch, EngineError, StepReport, step_key};

impl Trainer<'_, '_> {
    /// One step, and what is measured of it; `examples` are those of the epoch so far.
    pub(super) fn step(
        &mut self,
        epoch: usize,
        batch: usize,
        buffers: &BatchBuffers,
        examples: usize,
    ) -> Result<Control, TrainError> {
        self.learning_rate = self.next_rate(epoch, batch)?;
        let report = buffers.with_views(|inputs, targets| {
            self.learn(&Batch {
                inputs,
                targets,
                examples: buffers.examples(),
            })
        });
        let report = report.map_err(|source| self.explain(source, epoch, batch))?;
        if epoch == 1 && !self.options.shuffle {
            self.order.see(buffers);
        }
        self.meter.loss_mean().add_batch(self.workspace.loss_sums());
        for output in 0..buffers.outputs() {
            if self.meter.wants(output) {
                let logits = self.workspace.logits(output);
                self.meter
                    .add_logits(TRAINING, output, logits, buffers.target(output))?;
            }
        }
        self.progress.batch(examples, |show| self.meter.each(show));
        let end = BatchEnd {
            epoch,
            batch,
            batches: self.run.batches,
            step: self.slots.steps(),
            examples: buffers.examples(),
            loss: report.loss,
            learning_rate: self.learning_rate,
            gradient_norm: report.gradient_norm,
        };
        announce::batch_end(&mut self.options.callbacks, &end)
    }

    /// Changes the parameters, but for what is frozen.
    fn learn(&mut self, batch: &Batch<'_>) -> Result<StepReport, EngineError> {
        let (optimizer, slots) = (&*self.options.optimizer, &mut self.slots);
        let (rate, clip) = (self.learning_rate, self.options.clip);
        let (seed, losses) = (self.options.seed, self.losses);
        let (network, workspace) = (&mut *self.network, &mut self.workspace);
        if self.frozen.is_empty() {
            return workspace.step(network, batch, losses, optimizer, slots, rate, clip, seed);
        }
        let step = slots.steps() + 1;
        let loss = workspace.backward(network, batch, losses, step_key(seed, step), step)?;
        workspace.gather(network)?;
        self.frozen.clear(workspace.gradients_mut());
        let gradient_norm = workspace.gradient_norm();
        workspace.update(network, optimizer, slots, rate, clip)?;
        self.frozen.restore(network);
        Ok(StepReport {
            loss,
            gradient_norm,
        })
    }

    /// The learning rate of the next step: the optimizer's, then the schedule's, then the callbacks'.
    fn next_rate(&mut self, epoch: usize, batch: usize) -> Result<f32, TrainError> {
        let step = self.slots.steps();
        let schedule = self.options.schedule.as_mut();
        let learning_rate = self.rates.next(schedule, step, epoch - 1, &self.history)?;
        let begin = BatchBegin {
            epoch,
            batch,
            batches: self.run.batches,
            step: step + 1,
            learning_rate,
        };
        announce::batch_begin(&mut self.options.callbacks, begin)
    }

    /// Tells the metrics again of a batch of this epoch that was done before the run was resumed; `examples` are those of
    /// the epoch up to it.
    pub(super) fn measure_again(
        &mut self,
        place: &Place,
        examples: usize,
        buffers: &BatchBuffers,
    ) -> Result<Control, TrainError> {
        let outputs = self.network.program().outputs;
        for (output, port) in outputs.iter().enumerate().take(buffers.outputs()) {
            if self.meter.wants(output) {
                let rows = examples - buffers.examples()..examples;
                let numbers = rows.start * port.size()..rows.end * port.size();
                let predictions = place.predictions[output].get(numbers).unwrap_or_default();
                let targets = buffers.target(output);
                self.meter
                    .add_again(TRAINING, output, predictions, targets)?;
            }
        }
        Ok(Control::Continue)
    }

    /// Where training is in an epoch after `batches` of its batches; `None` if too much would have to be kept for that.
    pub(super) fn place_at(&mut self, batches: usize, seconds: f64) -> Option<Place> {
        let predictions = self.meter.predictions()?.to_vec();
        Some(Place {
            batches,
            seconds,
            loss: self.meter.loss_mean().clone(),
            predictions,
        })
    }

    /// The validation figures, if there is validation data.
    pub(super) fn validate(
        &mut self,
        epoch: usize,
        figures: &mut Vec<(String, f64)>,
    ) -> Result<(), TrainError> {
        let examples = self.examples();
        let Some(validation) = &mut self.validation else {
            return Ok(());
        };
        self.progress.validating(examples, validation.examples());
        let measured = validation.run(self.network, self.losses, &mut self.meter);
        let loss = match measured {
            Ok(()) => self.meter.loss(),
            Err(TrainError::Engine { source, .. })
                if matches!(*source, EngineError::Prediction { .. }) =>
            {
                f64::NAN
            }
            Err(error) => return Err(error),
        };
        if !loss.is_finite() {
            let history = Box::new(std::mem::take(&mut self.history));
            return Err(TrainError::ValidationNotFinite {
                epoch,
                loss,
                history,
                restored: None,
            });
        }
        self.meter
            .each(|name, value| figures.push((format!("val_{name}"), value)));
        Ok(())
    }
}

//! The training loop, without types: compiled once for all models.

use super::evaluate::Measure;
use super::meter::Meter;
use super::options::Options;
use super::progress_view::ProgressView;
use super::{BatchEnd, Control, EpochRecord, History, Run, TrainError, announce, check, resume};
use crate::data::{BatchBuffers, BatchPool, BatchSource, Pass};
use crate::engine::{Batch, Culprit, EngineError, Network, OptimizerSlots, TrainWorkspace};
use crate::losses::OutputLoss;
use crate::schedules;
use std::ops::ControlFlow;
use std::time::Instant;

const TRAINING: &str = "training data";
const VALIDATION: &str = "validation data";

/// Trains `network` on `data`.
pub(super) fn train(
    network: &mut dyn Network,
    data: &dyn BatchSource,
    losses: &[&dyn OutputLoss],
    options: Options<'_>,
) -> Result<History, TrainError> {
    let mut trainer = Trainer::new(network, data, losses, options)?;
    trainer.begin()?;
    while trainer.history.len() < trainer.options.epochs {
        if let Control::Stop(reason) = trainer.epoch()? {
            trainer.progress.note(&format!(
                "Stopped after epoch {}: {reason}",
                trainer.history.len()
            ));
            break;
        }
    }
    trainer.end()?;
    Ok(trainer.history)
}

struct Trainer<'a, 'n> {
    network: &'n mut dyn Network,
    data: &'n dyn BatchSource,
    losses: &'n [&'n dyn OutputLoss],
    options: Options<'a>,
    meter: Meter<'a>,
    validation: Option<Measure<'a>>,
    workspace: TrainWorkspace,
    slots: OptimizerSlots,
    pool: BatchPool,
    history: History,
    progress: ProgressView,
    run: Run,
    /// The figure that the schedule looks at.
    monitor: String,
    learning_rate: f32,
}

impl<'a, 'n> Trainer<'a, 'n> {
    /// Checks all there is to check, then takes the memory.
    fn new(
        network: &'n mut dyn Network,
        data: &'n dyn BatchSource,
        losses: &'n [&'n dyn OutputLoss],
        mut options: Options<'a>,
    ) -> Result<Self, TrainError> {
        options.validate()?;
        let program = network.program();
        check::examples(program, data, TRAINING)?;
        let meter = Meter::new(program, std::mem::take(&mut options.metrics))?;
        let validation = match options.validation {
            Some(data) => Some(Measure::new(network, data, VALIDATION, options.batch_size)?),
            None => None,
        };
        let mut figures = meter.known("");
        if validation.is_some() {
            figures.extend(meter.known("val_"));
        }
        let run = Run {
            model: program.name,
            examples: data.examples(),
            batch_size: options.batch_size,
            batches: data.examples().div_ceil(options.batch_size),
            epochs: options.epochs,
            figures,
        };
        let usual = if validation.is_some() {
            "val_loss"
        } else {
            "loss"
        };
        let monitor = options.monitor.clone().unwrap_or_else(|| usual.into());
        check::figure("the schedule", &monitor, &run)?;
        for callback in &options.callbacks {
            if let Some(figure) = callback.watches() {
                check::figure(callback.name(), figure, &run)?;
            }
        }
        // Found now and not after an epoch of training.
        if let Some(data) = options.validation
            && let Some(error) = check::wrong_target(program, data, VALIDATION, losses)
        {
            return Err(error);
        }
        let slots = OptimizerSlots::new(program, &*options.optimizer)
            .map_err(|source| TrainError::engine("before training", source))?;
        let workspace = TrainWorkspace::new(program, options.batch_size.min(data.examples()));
        let progress = ProgressView::new(options.quiet, options.epochs);
        let learning_rate = options.optimizer.learning_rate();
        let (pool, history) = (BatchPool::new(), History::default());
        Ok(Self {
            network,
            data,
            losses,
            options,
            meter,
            validation,
            workspace,
            slots,
            pool,
            history,
            progress,
            run,
            monitor,
            learning_rate,
        })
    }

    /// Resumes if that was asked for, and tells the callbacks.
    fn begin(&mut self) -> Result<(), TrainError> {
        if let Some(resume) = self.options.resume.take()
            && (!resume.optional || resume.path.exists())
        {
            let (slots, options) = (&mut self.slots, &mut self.options);
            self.history = resume::load(
                &resume.path,
                self.network,
                slots,
                options,
                self.run.examples,
            )?;
            if let Some(last) = self.history.epochs().last() {
                self.progress.note(&format!(
                    "Resumed from {} after epoch {}",
                    resume.path.display(),
                    last.epoch
                ));
            }
        }
        announce::train_begin(&mut self.options.callbacks, &self.run)
    }

    /// One pass over the training data, validation and the callbacks.
    fn epoch(&mut self) -> Result<Control, TrainError> {
        let started = Instant::now();
        let epoch = self.history.len() + 1;
        self.meter.reset();
        self.progress.begin_epoch(epoch, self.run.examples);
        let pass = Pass {
            shuffle: self.options.shuffle,
            ..Pass::training(self.options.batch_size, self.options.seed, epoch as u64 - 1)
        };
        let (mut batch, mut examples) = (0, 0);
        let mut outcome = Ok(Control::Continue);
        let mut pool = std::mem::take(&mut self.pool);
        self.data.pass(&pass, &mut pool, &mut |buffers| {
            batch += 1;
            examples += buffers.examples();
            outcome = self.step(epoch, batch, buffers, examples);
            if matches!(outcome, Ok(Control::Continue)) {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        })?;
        self.pool = pool;
        let stop = outcome?;
        let trained = started.elapsed().as_secs_f64();
        if examples == 0 {
            return Err(TrainError::Empty { data: TRAINING });
        }
        self.check_parameters(epoch, batch)?;

        let mut figures = Vec::with_capacity(self.run.figures.len());
        self.meter
            .each(|name, value| figures.push((name.to_string(), value)));
        self.validate(epoch, &mut figures)?;
        let learning_rate = f64::from(self.learning_rate);
        let record = EpochRecord {
            epoch,
            figures,
            learning_rate,
            seconds: started.elapsed().as_secs_f64(),
        };
        self.progress.end_epoch(&record, examples as f64 / trained);
        self.history.push(record);
        let asked = self.epoch_callbacks(epoch)?;
        Ok(if stop == Control::Continue {
            asked
        } else {
            stop
        })
    }

    /// One step, and what is measured of it.
    fn step(
        &mut self,
        epoch: usize,
        batch: usize,
        buffers: &BatchBuffers,
        examples: usize,
    ) -> Result<Control, TrainError> {
        self.learning_rate = self.next_rate(epoch)?;
        let report = buffers.with_views(|inputs, targets| {
            self.workspace.step(
                self.network,
                &Batch {
                    inputs,
                    targets,
                    examples: buffers.examples(),
                },
                self.losses,
                &*self.options.optimizer,
                &mut self.slots,
                self.learning_rate,
                self.options.clip,
                self.options.seed,
            )
        });
        let report = report.map_err(|source| self.explain(source, epoch, batch))?;
        self.meter.add_loss(report.loss, buffers.examples());
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

    /// The learning rate of the next step.
    fn next_rate(&mut self, epoch: usize) -> Result<f32, TrainError> {
        let base = self.options.optimizer.learning_rate();
        let Some(schedule) = &mut self.options.schedule else {
            return Ok(base);
        };
        let progress = schedules::Progress {
            step: self.slots.steps(),
            epoch: epoch as u64 - 1,
            steps_per_epoch: self.run.batches as u64,
            epochs: self.options.epochs as u64,
            monitored: self.history.last(&self.monitor),
            began: 0,
        };
        let rate = schedule.learning_rate(base, &progress);
        if rate.is_finite() && rate >= 0.0 {
            return Ok(rate);
        }
        let found = format!(
            "{rate} from {} at step {}",
            schedule.name(),
            self.slots.steps() + 1
        );
        Err(TrainError::setting(
            "learning rate",
            "a finite number, 0 or more",
            found,
        ))
    }

    /// The validation figures, if there is validation data.
    fn validate(
        &mut self,
        epoch: usize,
        figures: &mut Vec<(String, f64)>,
    ) -> Result<(), TrainError> {
        let Some(validation) = &mut self.validation else {
            return Ok(());
        };
        self.progress
            .validating(self.run.examples, validation.examples());
        validation.run(self.network, self.losses, &mut self.meter)?;
        let loss = self.meter.loss();
        if !loss.is_finite() {
            let history = Box::new(std::mem::take(&mut self.history));
            return Err(TrainError::ValidationNotFinite {
                epoch,
                loss,
                history,
            });
        }
        self.meter
            .each(|name, value| figures.push((format!("val_{name}"), value)));
        Ok(())
    }

    /// Tells the callbacks of the epoch's end, then writes the checkpoints they asked for.
    fn epoch_callbacks(&mut self, epoch: usize) -> Result<Control, TrainError> {
        let last = epoch >= self.options.epochs;
        let callbacks = &mut self.options.callbacks;
        let (control, checkpoints) =
            announce::epoch_end(callbacks, &self.history, self.network, last)?;
        for path in &checkpoints {
            resume::save(
                path,
                self.network,
                &self.slots,
                &self.options,
                self.run.examples,
                &self.history,
            )?;
        }
        Ok(control)
    }

    /// Tells the callbacks that training is over.
    fn end(&mut self) -> Result<(), TrainError> {
        let callbacks = &mut self.options.callbacks;
        let notes = announce::train_end(callbacks, &self.history, self.network)?;
        notes.iter().for_each(|note| self.progress.note(note));
        Ok(())
    }

    /// A parameter that became NaN or infinite in an epoch's last step would else be found by nobody.
    fn check_parameters(&mut self, epoch: usize, batch: usize) -> Result<(), TrainError> {
        let store = self.network.store();
        let broken = |info: &&_| store.tensor(info).iter().any(|value| !value.is_finite());
        let Some(info) = self.network.program().tensors.iter().find(broken) else {
            return Ok(());
        };
        let (step, loss, culprit) = (
            self.slots.steps(),
            self.meter.loss(),
            Culprit::Tensor(info.name),
        );
        let history = Box::new(std::mem::take(&mut self.history));
        Err(TrainError::NotFinite {
            epoch,
            batch,
            step,
            loss,
            culprit,
            history,
        })
    }

    /// What a failed step means.
    fn explain(&mut self, source: EngineError, epoch: usize, batch: usize) -> TrainError {
        match source {
            EngineError::NotFinite {
                loss,
                step,
                culprit,
            } => {
                let history = Box::new(std::mem::take(&mut self.history));
                TrainError::NotFinite {
                    epoch,
                    batch,
                    step,
                    loss,
                    culprit,
                    history,
                }
            }
            source => {
                let is_target = matches!(source, EngineError::Loss { .. });
                let located = is_target
                    .then(|| {
                        check::wrong_target(
                            self.network.program(),
                            self.data,
                            TRAINING,
                            self.losses,
                        )
                    })
                    .flatten();
                located.unwrap_or_else(|| {
                    TrainError::engine(format!("{TRAINING}, epoch {epoch}, batch {batch}"), source)
                })
            }
        }
    }
}

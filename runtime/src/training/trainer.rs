//! The training loop, without types: compiled once for all models.

use super::evaluate::Measure;
use super::frozen::Frozen;
use super::meter::Meter;
use super::notes::ClassOrder;
use super::options::Options;
use super::place::Place;
use super::progress_view::ProgressView;
use super::rates::Rates;
use super::run_settings::RunSettings;
use super::visit::{self, TRAINING, VALIDATION};
use super::{
    CallbackState, Control, EpochRecord, History, Run, TrainError, announce, check, files, names,
    notes, resume,
};
use crate::data::{BatchBuffers, BatchPool, BatchSource, Pass};
use crate::engine::{Network, OptimizerSlots, TrainWorkspace};
use crate::losses::OutputLoss;
use std::ops::ControlFlow;
use std::time::Instant;

/// Trains `network` on `data`.
pub(super) fn train(
    network: &mut dyn Network,
    data: &dyn BatchSource,
    losses: &[&dyn OutputLoss],
    options: Options<'_>,
) -> Result<History, TrainError> {
    let mut trainer = Trainer::new(network, data, losses, options)?;
    let control = trainer.begin()?;
    match trainer.epochs(control).and_then(|()| trainer.end()) {
        Ok(()) => Ok(trainer.history),
        Err(error) => Err(trainer.fail(error)),
    }
}

pub(super) struct Trainer<'a, 'n> {
    pub(super) network: &'n mut dyn Network,
    pub(super) data: &'n dyn BatchSource,
    pub(super) losses: &'n [&'n dyn OutputLoss],
    pub(super) options: Options<'a>,
    pub(super) meter: Meter<'a>,
    pub(super) validation: Option<Measure<'a>>,
    pub(super) workspace: TrainWorkspace,
    pub(super) slots: OptimizerSlots,
    pub(super) frozen: Frozen,
    pool: BatchPool,
    /// The classes of the first epoch's batches, where they come in the order of the data.
    pub(super) order: ClassOrder,
    pub(super) history: History,
    pub(super) progress: ProgressView,
    pub(super) run: Run,
    pub(super) rates: Rates,
    pub(super) learning_rate: f32,
    /// What a checkpoint compares, once it is needed: all data must be read for it.
    pub(super) settings: Option<RunSettings>,
    /// Where training is in the epoch that comes next, or in the one that was broken off.
    pub(super) place: Option<Place>,
    /// The callbacks' states from before they were told of the end of the history's last epoch, if that was broken off.
    pub(super) broken_off: Option<Vec<CallbackState>>,
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
        names::fit(program, data, TRAINING)?;
        let meter = Meter::new(program, losses, std::mem::take(&mut options.metrics))?;
        let validation = match options.validation {
            Some(data) => Some(Measure::new(network, data, VALIDATION, options.batch_size)?),
            None => None,
        };
        let mut figures = meter.known("");
        if validation.is_some() {
            figures.extend(meter.known("val_"));
        }
        let (batch_size, drop_last) = (options.batch_size, options.drop_last);
        let batches = check::batches(program, data.examples(), batch_size, drop_last)?;
        let run = Run {
            model: program.name,
            examples: data.examples(),
            batch_size: options.batch_size,
            batches,
            epochs: options.epochs,
            figures,
            history: History::default(),
            sizes: [program.parameters_len, program.state_len],
        };
        let usual = if validation.is_some() {
            "val_loss"
        } else {
            "loss"
        };
        let monitor = options.monitor.clone().unwrap_or_else(|| usual.into());
        check::figure("the schedule", &monitor, &run)?;
        if let Some(schedule) = &mut options.schedule {
            schedule.begin(run.higher_is_better(&monitor))?;
        }
        for callback in &mut options.callbacks {
            if let Some(figure) = callback.watches() {
                check::figure(callback.name(), figure, &run)?;
            }
            callback.reset();
        }
        // Found now and not after an epoch of training.
        let training = data;
        if let Some(data) = options.validation {
            names::agree(program, &names::of(program, training), data, VALIDATION)?;
            check::targets(program, data, VALIDATION, losses)?;
        }
        let frozen = Frozen::new(program, &options.frozen)?;
        options.optimizer = frozen.guard(options.optimizer);
        let slots = OptimizerSlots::new(program, &*options.optimizer)
            .map_err(|source| TrainError::engine("before training", source))?;
        files::prepare(&options.callbacks)?;
        let workspace = TrainWorkspace::new(program, options.batch_size.min(data.examples()));
        let progress = ProgressView::new(options.quiet, options.epochs);
        let learning_rate = options.optimizer.learning_rate();
        let rates = Rates::new(learning_rate, monitor, run.batches, options.epochs);
        Ok(Self {
            network,
            data,
            losses,
            options,
            meter,
            validation,
            workspace,
            slots,
            frozen,
            pool: BatchPool::new(),
            order: ClassOrder::default(),
            history: History::default(),
            progress,
            run,
            rates,
            learning_rate,
            settings: None,
            place: None,
            broken_off: None,
        })
    }

    /// The examples that an epoch uses.
    pub(super) fn examples(&self) -> usize {
        let room = self.run.batches.saturating_mul(self.run.batch_size);
        self.run.examples.min(room)
    }

    /// Resumes if that was asked for, and tells the callbacks; returns whether there is anything left to do.
    fn begin(&mut self) -> Result<Control, TrainError> {
        let resumed = match self.options.resume.take() {
            Some(resume) if resume.is_wanted()? => {
                self.mark_settings()?;
                let Some(settings) = &self.settings else {
                    unreachable!("they have just been marked")
                };
                let (options, meter) = (&self.options, &self.meter);
                let wants = |output| meter.wants(output);
                let path = &resume.path;
                let mut resumed =
                    resume::open(path, self.network, options, settings, &self.run, wants)?;
                let (steps, history) = (resumed.steps(), resumed.history());
                let schedule = self.options.schedule.as_mut();
                self.rates.replay(schedule, steps, history)?;
                resumed.restore_schedule(&mut self.options, self.rates.mark())?;
                self.run.history = history.clone();
                let notes = resumed.restore_callbacks(&mut self.options)?;
                let others = resumed.other_instructions();
                let notes = others.iter().chain(&notes);
                notes.for_each(|note| self.progress.note(note));
                Some((resume.path, resumed))
            }
            _ => None,
        };
        let control = announce::train_begin(&mut self.options.callbacks, &self.run)?;
        let names = names::of(self.network.program(), self.data);
        *self.network.store_mut().names_mut() = names;
        // Nothing can refuse the file any more.
        if let Some((path, resumed)) = resumed {
            (self.history, self.place) = resumed.fill(self.network, &mut self.slots)?;
            let at = match &self.place {
                Some(place) => format!(
                    "batch {} of epoch {}",
                    place.batches,
                    self.history.len() + 1
                ),
                None => format!("epoch {}", self.history.len()),
            };
            let path = path.display();
            self.progress
                .note(&format!("Resumed from {path} after {at}"));
        }
        self.frozen.keep(self.network);
        let begins = self.history.is_empty() && self.place.is_none();
        if begins && self.validation.is_some() && self.frozen.is_empty() {
            let note = notes::unsettled(self.network, self.run.batches);
            note.iter().for_each(|note| self.progress.note(note));
        }
        Ok(control)
    }

    /// Epoch after epoch until all are done or a callback has had enough.
    fn epochs(&mut self, mut control: Control) -> Result<(), TrainError> {
        loop {
            if let Control::Stop(reason) = control {
                let epoch = self.history.len();
                let at = match &self.broken_off {
                    Some(_) => format!("within epoch {epoch}"),
                    None => format!("after epoch {epoch}"),
                };
                self.progress.note(&format!("Stopped {at}: {reason}"));
                return Ok(());
            }
            if self.history.len() >= self.options.epochs {
                return Ok(());
            }
            control = self.epoch()?;
        }
    }

    /// One pass over the training data, or what is left of it; validation and the callbacks.
    fn epoch(&mut self) -> Result<Control, TrainError> {
        let started = Instant::now();
        let epoch = self.history.len() + 1;
        self.meter.reset();
        self.progress.begin_epoch(epoch, self.examples());
        let place = self.place.take();
        let done = place.as_ref().map_or(0, |place| place.batches);
        if let Some(place) = &place {
            *self.meter.loss_mean() = place.loss.clone();
        }
        // Metrics are told again of the batches that are done.
        let skip = if self.meter.has_metrics() { 0 } else { done };
        let pass = Pass {
            shuffle: self.options.shuffle,
            skip,
            drop_last: self.options.drop_last,
            ..Pass::training(self.options.batch_size, self.options.seed, epoch as u64 - 1)
        };
        let (mut batch, mut examples) = (skip, skip * self.options.batch_size);
        let (data, announced) = (self.data, self.run.examples);
        let mut stop = Control::Continue;
        let mut pool = std::mem::take(&mut self.pool);
        let mut step = |buffers: &BatchBuffers| {
            batch += 1;
            examples += buffers.examples();
            stop = match &place {
                Some(place) if batch <= done => self.measure_again(place, examples, buffers)?,
                _ => self.step(epoch, batch, buffers, examples)?,
            };
            Ok(match stop {
                Control::Continue => ControlFlow::Continue(()),
                Control::Stop(_) => ControlFlow::Break(()),
            })
        };
        let read = visit::batches(data, TRAINING, announced, &pass, &mut pool, &mut step);
        self.pool = pool;
        read?;
        let before = place.map_or(0.0, |place| place.seconds);
        let trained = started.elapsed().as_secs_f64() + before;
        self.check_parameters(epoch, batch)?;

        let complete = batch == self.run.batches;
        if complete {
            self.meter.check_weight(TRAINING)?;
        } else {
            self.place = self.place_at(batch, trained);
        }
        let mut figures = Vec::with_capacity(self.run.figures.len());
        self.meter
            .each(|name, value| figures.push((name.to_string(), value)));
        self.validate(epoch, &mut figures)?;
        let learning_rate = f64::from(self.learning_rate);
        let record = EpochRecord {
            epoch,
            figures,
            learning_rate,
            seconds: started.elapsed().as_secs_f64() + before,
        };
        self.progress.end_epoch(&record, examples as f64 / trained);
        let sorted = (epoch == 1).then(|| self.order.note()).flatten();
        sorted.iter().for_each(|note| self.progress.note(note));
        if !complete {
            self.broken_off = Some(self.states());
        }
        self.history.push(record);
        let asked = self.epoch_callbacks(epoch, complete)?;
        Ok(if stop == Control::Continue {
            asked
        } else {
            stop
        })
    }
}

//! One training step: forward, loss and backward chunk by chunk, the gathering of gradients, and the update.

use super::aligned::AlignedBuffer;
use super::backward::{BackwardWorkspace, Lesson};
use super::check::{check_inputs, check_least_batch, check_losses, check_model};
use super::chunk::{LossContext, mix};
use super::culprit::Culprit;
use super::error::EngineError;
use super::gather::gather;
use super::inspect;
use super::loss_sum::LossSum;
use super::optimizer_slots::OptimizerSlots;
use super::parallel::SERIAL_FLOPS;
use super::pieces::pieces;
use super::program::Program;
use super::store::Network;
use super::update::{UpdateSettings, update};
use crate::losses::{OutputLoss, TargetsView};
use crate::optimizers::{Clip, Optimizer, not_negative};
use crate::trace::{Phase, phase};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// What a step learns from.
#[derive(Clone, Copy)]
pub struct Batch<'a> {
    /// One flat array for each input, `examples` rows each.
    pub inputs: &'a [&'a [f32]],
    /// Targets of each output.
    pub targets: &'a [TargetsView<'a>],
    /// Number of examples.
    pub examples: usize,
}

/// What a step reports.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepReport {
    /// The mean loss of the batch, before the update.
    pub loss: f64,
    /// The global norm of the gradients, `sqrt(Σ g²)` over all parameters, before clipping.
    pub gradient_norm: f64,
}

/// The last backward pass.
#[derive(Clone, Copy, Debug)]
struct LastBatch {
    loss: f64,
    /// The number of the step that it belongs to.
    step: u64,
    examples: usize,
    /// Whether its gradients still lie in the lanes.
    waits: bool,
}

/// The memory for training: made once, then steps allocate nothing.
///
/// [`step`](Self::step) is three calls, which loops of one's own may make one by one: [`backward`](Self::backward) leaves
/// each lane with its part of the gradients, [`gather`](Self::gather) adds them up, [`update`](Self::update) lets an
/// optimizer change the parameters by them. Between the last two the gradients may be changed
/// ([`gradients_mut`](Self::gradients_mut)): added to those of other batches or other machines, for example.
///
/// ```ignore
/// let loss = workspace.backward(&mut model, &batch, &losses, key, step)?;
/// let norm = workspace.gather(&mut model)?;
/// workspace.update(&mut model, &optimizer, &mut slots, 1e-3, Clip::None)?;
/// ```
pub struct TrainWorkspace {
    program: &'static Program,
    backward: BackwardWorkspace,
    /// The scratch of kernels that share the work of few examples, where it is worth it.
    team: Option<AlignedBuffer>,
    /// Gradients of all parameters, laid out as they are.
    gradients: AlignedBuffer,
    /// The state from before the last pass, for when its gradients aren't finite.
    state_before: AlignedBuffer,
    /// The squared norms of the pieces of the gradients.
    squares: Vec<f64>,
    /// The norm of the gradients, while they are as it was taken.
    norm: Option<f64>,
    losses: Vec<LossSum>,
    /// One over the weight of each.
    scales: Vec<f32>,
    last: LastBatch,
    serial: bool,
    /// The batch that was asked for, where there can be no memory for it.
    refused: Option<usize>,
}

impl TrainWorkspace {
    /// Memory for batches of up to `batch` examples. Where there can't be so much, every step is an error that says so.
    pub fn new(program: &'static Program, batch: usize) -> Self {
        let each = 8 * program.outputs.len();
        let possible = program.train.memory.is_possible(batch, each);
        let capacity = if possible { batch.max(1) } else { 1 };
        // Backward costs about twice as much as forward.
        let serial = program.flops.saturating_mul(3 * capacity as u64) < SERIAL_FLOPS;
        Self {
            program,
            backward: BackwardWorkspace::new(program, capacity, serial),
            team: program.train.team.scratch(rayon::current_num_threads()),
            gradients: AlignedBuffer::zeroed(program.parameters_len),
            state_before: AlignedBuffer::zeroed(program.state_len),
            squares: vec![0.0; pieces(program.parameters_len)],
            norm: None,
            losses: vec![LossSum::default(); program.outputs.len()],
            scales: vec![0.0; program.outputs.len()],
            last: LastBatch {
                loss: 0.0,
                step: 0,
                examples: 0,
                waits: false,
            },
            serial,
            refused: (!possible).then_some(batch),
        }
    }

    /// The most examples a batch may have.
    pub fn capacity(&self) -> usize {
        self.backward.capacity()
    }

    /// The values of output `index` before its link, of the last step: `(examples, size)`.
    pub fn logits(&self, index: usize) -> &[f32] {
        self.backward.logits(index, self.last.examples)
    }

    /// The loss of each output in the last step as its sum and what that was divided by: `Σ w · l` and `Σ w`.
    ///
    /// Added up over batches they give the mean loss of all of them, also where class weights make some batches weigh more.
    pub fn loss_sums(&self) -> &[LossSum] {
        &self.losses
    }

    /// The gradients that were gathered last, in a flat buffer laid out as the parameters.
    pub fn gradients(&self) -> &[f32] {
        &self.gradients
    }

    /// The gradients that were gathered last, to be changed before [`TrainWorkspace::update`].
    pub fn gradients_mut(&mut self) -> &mut [f32] {
        self.norm = None;
        &mut self.gradients
    }

    /// The global norm of the gradients as they are now, `sqrt(Σ g²)` over all parameters: the same bits on any number
    /// of threads.
    pub fn gradient_norm(&mut self) -> f64 {
        if let Some(norm) = self.norm {
            return norm;
        }
        let norm = gather(None, &mut self.gradients, &mut self.squares, self.serial);
        self.norm = Some(norm);
        norm
    }

    /// Forward, loss and backward of one batch, and the optimizer's update.
    ///
    /// `key` is the random key of `Dropout`; the same key gives the same masks. Results don't depend on the number of
    /// threads, bit for bit.
    ///
    /// # Errors
    ///
    /// If the batch doesn't fit the model or the losses, if the loss or a gradient is NaN or infinite, or if the step would make a
    /// parameter, a state or what the optimizer remembers so; then all of these are as before the step, and so they are where
    /// a loss or an optimizer of one's own panics.
    #[allow(clippy::too_many_arguments)]
    pub fn step(
        &mut self,
        network: &mut dyn Network,
        batch: &Batch<'_>,
        losses: &[&dyn OutputLoss],
        optimizer: &dyn Optimizer,
        slots: &mut OptimizerSlots,
        learning_rate: f32,
        clip: Clip,
        key: u64,
    ) -> Result<StepReport, EngineError> {
        check_model(self.program, network)?;
        slots.check(self.program, optimizer)?;
        check_settings(optimizer, learning_rate, clip)?;
        let step = slots.next();
        let loss = self.backward(network, batch, losses, step_key(key, step), step)?;
        let gradient_norm = self.gather(network)?;
        let update = || self.update(network, optimizer, slots, learning_rate, clip);
        let updated = catch_unwind(AssertUnwindSafe(update));
        if !matches!(updated, Ok(Ok(()))) {
            restore(network, &self.state_before);
        }
        updated.unwrap_or_else(|panic| resume_unwind(panic))?;
        Ok(StepReport {
            loss,
            gradient_norm,
        })
    }

    /// [`backward`](Self::backward) and [`gather`](Self::gather), without an update: the gradients of the batch are then
    /// in [`TrainWorkspace::gradients`], in place of those of a call before. Returns the mean loss.
    ///
    /// # Errors
    ///
    /// As these two.
    pub fn backward_and_gather(
        &mut self,
        network: &mut dyn Network,
        batch: &Batch<'_>,
        losses: &[&dyn OutputLoss],
        key: u64,
        step: u64,
    ) -> Result<f64, EngineError> {
        let loss = self.backward(network, batch, losses, key, step)?;
        self.gather(network)?;
        Ok(loss)
    }

    /// Forward, loss and backward of one batch. Returns the mean loss; the gradients then wait to be
    /// [gathered](Self::gather). State (running means) is changed as in a step.
    ///
    /// `key` is the random key of `Dropout` in this pass ([`step_key`] makes one of the key of a run and the step's
    /// number), `step` the number by which an error names it.
    ///
    /// # Errors
    ///
    /// If the batch doesn't fit the model or the losses, if the loss is NaN or infinite, or if state would become so; then the
    /// model is unchanged.
    pub fn backward(
        &mut self,
        network: &mut dyn Network,
        batch: &Batch<'_>,
        losses: &[&dyn OutputLoss],
        key: u64,
        step: u64,
    ) -> Result<f64, EngineError> {
        let (program, examples) = (self.program, batch.examples);
        check_model(program, network)?;
        if let Some(found) = self.refused {
            let model = program.name;
            return Err(EngineError::TooLarge { model, found });
        }
        check_inputs(program, batch.inputs.into(), examples, self.capacity())?;
        check_least_batch(program, examples)?;
        check_losses(program, batch.targets, losses, examples, &mut self.losses)?;
        for (scale, loss) in self.scales.iter_mut().zip(&self.losses) {
            *scale = loss.scale();
        }
        let lesson = Lesson {
            inputs: batch.inputs.into(),
            examples,
            loss: LossContext {
                losses,
                targets: batch.targets,
                outputs: program.outputs,
                scales: &self.scales,
                examples,
            },
            key,
        };
        self.state_before.copy_from_slice(network.store().state());
        self.norm = None;
        let (gradients, team) = (&mut self.gradients, self.team.as_deref_mut());
        // Where a loss of the user's panics, nothing waits, and the state is put back before the panic goes on.
        self.last.waits = false;
        let run = AssertUnwindSafe(|| self.backward.run(network, &lesson, gradients, team));
        if let Err(panic) = catch_unwind(run) {
            restore(network, &self.state_before);
            resume_unwind(panic);
        }
        let loss = self.backward.losses(&mut self.losses);
        let state = inspect::state(program, network.store());
        let waits = loss.is_finite() && state.is_none();
        self.last = LastBatch {
            loss,
            step,
            examples,
            waits,
        };
        if waits {
            return Ok(loss);
        }
        restore(network, &self.state_before);
        let culprit = match state {
            Some(culprit) if loss.is_finite() => culprit,
            _ => self.backward.find_culprit(network, &lesson, gradients),
        };
        Err(EngineError::NotFinite {
            loss,
            step,
            culprit,
        })
    }

    /// Adds up the gradients that lanes made in the last [`backward`](Self::backward), in an order that depends on the
    /// batch alone. Returns their global norm, `sqrt(Σ g²)` over all parameters.
    ///
    /// # Errors
    ///
    /// If no gradients wait, or one of them is NaN or infinite; in the second case the state of `network` is then that
    /// from before `backward`.
    pub fn gather(&mut self, network: &mut dyn Network) -> Result<f64, EngineError> {
        check_model(self.program, network)?;
        let LastBatch {
            loss, step, waits, ..
        } = self.last;
        if !waits {
            return Err(self.out_of_order("gather", "backward"));
        }
        let sums = self.backward.lane_sums();
        let gradients = &mut self.gradients;
        let norm = gather(Some(sums), gradients, &mut self.squares, self.serial);
        self.last.waits = false;
        self.norm = Some(norm);
        if norm.is_finite() {
            return Ok(norm);
        }
        restore(network, &self.state_before);
        Err(self.not_finite(loss, step))
    }

    /// Clips the gradients that were gathered and lets `optimizer` change the parameters by them.
    ///
    /// # Errors
    ///
    /// If the optimizer's state or a setting doesn't fit, if gradients still wait to be [gathered](Self::gather), if a
    /// gradient is NaN or infinite, or if the update would make a parameter or what the optimizer remembers so; then these are
    /// unchanged, as where the optimizer panics. The gradients may be clipped.
    pub fn update(
        &mut self,
        network: &mut dyn Network,
        optimizer: &dyn Optimizer,
        slots: &mut OptimizerSlots,
        learning_rate: f32,
        clip: Clip,
    ) -> Result<(), EngineError> {
        check_model(self.program, network)?;
        slots.check(self.program, optimizer)?;
        check_settings(optimizer, learning_rate, clip)?;
        if self.last.waits {
            return Err(self.out_of_order("update", "gather"));
        }
        let norm = self.gradient_norm();
        if !norm.is_finite() {
            return Err(self.not_finite(self.last.loss, slots.next()));
        }
        // Clipping changes the gradients.
        self.norm = None;
        let settings = UpdateSettings {
            optimizer,
            learning_rate,
            clip,
            norm,
            serial: self.serial,
        };
        let (store, step) = (network.store_mut(), slots.next());
        phase(Phase::Update);
        let updated = update(self.program, settings, store, slots, &mut self.gradients);
        updated.map_err(|culprit| EngineError::NotFinite {
            loss: self.last.loss,
            step,
            culprit,
        })
    }

    fn not_finite(&self, loss: f64, step: u64) -> EngineError {
        let culprit = inspect::gradients(self.program, &self.gradients);
        EngineError::NotFinite {
            loss,
            step,
            culprit: culprit.unwrap_or(Culprit::Loss),
        }
    }

    fn out_of_order(&self, call: &'static str, missing: &'static str) -> EngineError {
        EngineError::OutOfOrder {
            model: self.program.name,
            call,
            missing,
        }
    }
}

/// Whether an update with these settings has a meaning: a rate that is NaN, infinite or below 0 has none.
fn check_settings(
    optimizer: &dyn Optimizer,
    learning_rate: f32,
    clip: Clip,
) -> Result<(), EngineError> {
    optimizer.validate()?;
    not_negative(optimizer.name(), "learning_rate", learning_rate)?;
    Ok(clip.validate()?)
}

/// Puts the state back to what it was before a pass.
fn restore(network: &mut dyn Network, state_before: &[f32]) {
    let (_, state) = network.store_mut().both_mut();
    state.copy_from_slice(state_before);
}

/// The random key of step number `step` in a run whose key is `key`, as [`TrainWorkspace::step`] uses it.
pub const fn step_key(key: u64, step: u64) -> u64 {
    mix(key ^ mix(step))
}

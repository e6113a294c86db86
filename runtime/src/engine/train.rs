//! One training step: forward, loss and backward chunk by chunk, then the update.

use super::aligned::AlignedBuffer;
use super::buffers::{Buffers, Window};
use super::chunk::{Chunk, Inputs, LossContext, WeightTile, Whole, arena_len, chunk_sizes, mix};
use super::error::EngineError;
use super::inspect::{self, Culprit, Watch};
use super::parallel::{Arenas, Shared, for_each};
use super::plan::padded;
use super::predict::{SERIAL_FLOPS, check_inputs, check_model, chunk_capacity, pack};
use super::program::{Program, WeightTask};
use super::split::{Span, Split};
use super::store::{Network, Store};
use super::update::{OptimizerSlots, pieces, reduce, update};
use crate::losses::{OutputLoss, TargetsView};
use crate::optimizers::{Clip, Optimizer};

/// The most outputs a model may have.
const MOST_OUTPUTS: usize = 16;

/// Rows of a weight in one task of its gradient.
const TILE_ROWS: usize = 96;

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

/// The memory for training: made once, then steps allocate nothing.
pub struct TrainWorkspace {
    program: &'static Program,
    capacity: usize,
    kept: AlignedBuffer,
    partial: AlignedBuffer,
    shared: AlignedBuffer,
    packed: AlignedBuffer,
    gradients: AlignedBuffer,
    lane_gradients: AlignedBuffer,
    /// The state from before the step, for when the step fails.
    state_before: AlignedBuffer,
    arenas: Arenas,
    chunk_sizes: Vec<usize>,
    chunk_losses: Vec<f64>,
    /// The squared norms of the pieces of the gradients.
    squares: Vec<f64>,
    serial: bool,
    examples: usize,
}

impl TrainWorkspace {
    /// Memory for batches of up to `batch` examples.
    pub fn new(program: &'static Program, batch: usize) -> Self {
        let schedule = &program.train.schedule;
        let capacity = batch.max(1);
        let chunks = chunk_capacity(program, capacity);
        let lanes = (1..=capacity.min(1024))
            .map(|e| Split::new(e, schedule).lanes)
            .max()
            .unwrap_or(1);
        // Backward costs about twice as much as forward.
        let serial = 3 * program.flops * (capacity as u64) < SERIAL_FLOPS;
        let threads = if serial {
            1
        } else {
            rayon::current_num_threads()
        };
        let rows = schedule.chunk_examples.min(capacity);
        Self {
            program,
            capacity,
            kept: AlignedBuffer::zeroed(schedule.kept_len * capacity),
            partial: AlignedBuffer::zeroed(schedule.partial_len * chunks),
            shared: AlignedBuffer::zeroed(schedule.shared_len),
            packed: AlignedBuffer::zeroed(schedule.packed_len),
            gradients: AlignedBuffer::zeroed(program.parameters_len),
            lane_gradients: AlignedBuffer::zeroed(padded(program.train.lane_len) * lanes),
            state_before: AlignedBuffer::zeroed(program.state_len),
            arenas: Arenas::new(
                threads,
                arena_len(schedule.chunk_len, schedule.scratch_len, rows),
            ),
            chunk_sizes: Vec::with_capacity(chunks),
            chunk_losses: vec![0.0; chunks],
            squares: vec![0.0; pieces(program.parameters_len)],
            serial,
            examples: 0,
        }
    }

    /// The most examples a batch may have.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// The values of output `index` before its link, of the last step: `(examples, size)`.
    pub fn logits(&self, index: usize) -> &[f32] {
        let port = &self.program.outputs[index];
        &self.kept[port.train_offset * self.capacity..][..port.size() * self.examples]
    }

    /// The gradients of the last step in a flat buffer laid out as the parameters.
    pub fn gradients(&self) -> &[f32] {
        &self.gradients
    }

    /// Forward, loss and backward of one batch, and the optimizer's update.
    ///
    /// `key` is the random key of `Dropout`; the same key gives the same masks. Results don't depend on the number of
    /// threads, bit for bit.
    ///
    /// # Errors
    ///
    /// If the batch doesn't fit the model or the losses, or if the loss or a gradient is NaN or infinite; then the model
    /// is unchanged.
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
        clip.validate()?;
        let step = slots.steps() + 1;
        let (loss, norm) = self.backward(network, batch, losses, mix(key ^ mix(step)), step)?;
        let (parameters, _) = network.store_mut().both_mut();
        update(
            optimizer,
            slots,
            learning_rate,
            clip,
            norm,
            parameters,
            &mut self.gradients,
            self.serial,
        );
        Ok(StepReport {
            loss,
            gradient_norm: norm,
        })
    }

    /// Forward, loss and backward of one batch, without an update: the gradients are then in
    /// [`TrainWorkspace::gradients`]. State (running means) is updated as in a step. Returns the mean loss.
    ///
    /// # Errors
    ///
    /// As [`TrainWorkspace::step`].
    pub fn accumulate(
        &mut self,
        network: &mut dyn Network,
        batch: &Batch<'_>,
        losses: &[&dyn OutputLoss],
        key: u64,
        step: u64,
    ) -> Result<f64, EngineError> {
        let (loss, _) = self.backward(network, batch, losses, key, step)?;
        Ok(loss)
    }

    /// The mean loss and the global norm of the gradients.
    fn backward(
        &mut self,
        network: &mut dyn Network,
        batch: &Batch<'_>,
        losses: &[&dyn OutputLoss],
        key: u64,
        step: u64,
    ) -> Result<(f64, f64), EngineError> {
        let program = self.program;
        check_model(program, network)?;
        check_inputs(program, batch.inputs, batch.examples, self.capacity)?;
        let scales = check_losses(program, batch, losses)?;
        let context = LossContext {
            losses,
            targets: batch.targets,
            outputs: program.outputs,
            scales: &scales[..losses.len()],
            examples: batch.examples,
        };
        self.examples = batch.examples;
        if !self.serial {
            self.arenas.fit(rayon::current_num_threads());
        }
        let split = Split::new(batch.examples, &program.train.schedule);
        chunk_sizes(&split, &mut self.chunk_sizes);
        pack(
            &program.train.schedule,
            network.store(),
            &mut self.packed,
            self.serial,
        );
        self.state_before.copy_from_slice(network.store().state());
        self.chunk_losses.fill(0.0);
        self.clear_whole_gradients();
        for stage in 0..program.train.stages {
            self.run_stage(stage, &split, network.store(), batch, context, key, None);
            self.run_between(stage, network.store_mut(), batch.examples);
        }
        let loss: f64 = self.chunk_losses.iter().sum();
        if !loss.is_finite() {
            self.restore(network);
            let culprit = self.find_culprit(network, batch, context, &split, key);
            return Err(EngineError::NotFinite {
                loss,
                step,
                culprit,
            });
        }
        self.run_weights(batch);
        let stride = padded(program.train.lane_len);
        let norm = reduce(
            program,
            split.lanes,
            stride,
            &self.lane_gradients,
            &mut self.gradients,
            &mut self.squares,
            self.serial,
        );
        if !norm.is_finite() {
            self.restore(network);
            let culprit = inspect::gradients(program, &self.gradients).unwrap_or(Culprit::Loss);
            return Err(EngineError::NotFinite {
                loss,
                step,
                culprit,
            });
        }
        Ok((loss, norm))
    }

    /// Puts the state back to what it was before the step.
    fn restore(&self, network: &mut dyn Network) {
        let (_, state) = network.store_mut().both_mut();
        state.copy_from_slice(&self.state_before);
    }

    fn clear_whole_gradients(&mut self) {
        for field in self.program.train.whole_tensors {
            self.gradients[field.offset..field.offset + field.len].fill(0.0);
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn run_stage(
        &mut self,
        stage: usize,
        split: &Split,
        store: &Store,
        batch: &Batch<'_>,
        loss: LossContext<'_>,
        key: u64,
        watch: Option<&Watch>,
    ) {
        let program = self.program;
        let schedule = &program.train.schedule;
        let rows = schedule.chunk_examples.min(self.capacity);
        let scratch_start = padded(schedule.chunk_len * rows);
        let capacity = self.capacity;
        let most_chunks = self.chunk_losses.len();
        let lane_stride = padded(program.train.lane_len);
        let kept = Shared::new(&mut self.kept);
        let partial = Shared::new(&mut self.partial);
        let lanes = Shared::new(&mut self.lane_gradients);
        let losses = Shared::new(&mut self.chunk_losses);
        let (arenas, packed, shared) = (&self.arenas, &self.packed[..], &self.shared[..]);
        for_each(split.lanes, self.serial, &|lane| {
            // SAFETY: lanes are disjoint, and `lane` is this task's alone.
            let gradients = unsafe { lanes.part(lane * lane_stride, lane_stride) };
            if stage == 0 {
                gradients.fill(0.0);
            }
            let first_chunk = split.first_chunk(lane);
            // SAFETY: tasks of one `for_each` run in one pool, and generated code starts no rayon tasks.
            unsafe {
                arenas.with(|arena| {
                    for index in 0..split.chunks_of(lane) {
                        let span = split.chunk(lane, index);
                        let number = first_chunk + index;
                        let (chunk_arena, scratch) = arena.split_at_mut(scratch_start);
                        let windows = [
                            Window::new(
                                chunk_arena.as_mut_ptr(),
                                chunk_arena.len(),
                                rows,
                                0,
                                span.len,
                            ),
                            Window::new(scratch.as_mut_ptr(), scratch.len(), 1, 0, 1),
                            Window::new(kept.base(), kept.len(), capacity, span.first, span.len),
                            Window::new(partial.base(), partial.len(), most_chunks, number, 1),
                            Window::new(gradients.as_mut_ptr(), gradients.len(), 1, 0, 1),
                        ];
                        let mut chunk = Chunk {
                            examples: span.len,
                            first: span.first,
                            inputs: Inputs {
                                batch: batch.inputs,
                                ports: program.inputs,
                                span,
                            },
                            parameters: store.parameters(),
                            state: store.state(),
                            packed,
                            shared,
                            // Chunks hold disjoint examples and numbers, the arena is this thread's, the lane this task's.
                            buffers: Buffers::new(windows),
                            key,
                            loss: Some(loss),
                            loss_sum: 0.0,
                            watch,
                        };
                        (program.train.stage)(stage, &mut chunk);
                        losses.part(number, 1)[0] += chunk.loss_sum;
                    }
                });
            }
        });
    }

    fn run_between(&mut self, stage: usize, store: &mut Store, examples: usize) {
        let (parameters, state) = store.both_mut();
        (self.program.train.between)(
            stage,
            &mut Whole {
                chunk_examples: &self.chunk_sizes,
                parameters,
                state,
                gradients: &mut self.gradients,
                shared: &mut self.shared,
                partial: &self.partial,
                most_chunks: self.chunk_losses.len(),
                examples,
            },
        );
    }

    fn run_weights(&mut self, batch: &Batch<'_>) {
        let program = self.program;
        let schedule = &program.train.schedule;
        let scratch_start = padded(schedule.chunk_len * schedule.chunk_examples.min(self.capacity));
        let (kept, arenas, scale) = (&self.kept[..], &self.arenas, self.capacity);
        let gradients = Shared::new(&mut self.gradients);
        let inputs = Inputs {
            batch: batch.inputs,
            ports: program.inputs,
            span: Span {
                first: 0,
                len: batch.examples,
            },
        };
        let tiles = |task: &WeightTask| task.rows.div_ceil(TILE_ROWS);
        let count = program.train.weight_tasks.iter().map(tiles).sum();
        for_each(count, self.serial, &|number| {
            let (mut index, mut tile) = (0, number);
            while tile >= tiles(&program.train.weight_tasks[index]) {
                tile -= tiles(&program.train.weight_tasks[index]);
                index += 1;
            }
            let task = program.train.weight_tasks[index];
            let rows = tile * TILE_ROWS..task.rows.min((tile + 1) * TILE_ROWS);
            let (from, len) = (
                task.offset + rows.start * task.row_len,
                rows.len() * task.row_len,
            );
            // SAFETY: weights, and tiles of one weight, are disjoint; tasks of one `for_each` run in one pool, and
            // generated code starts no rayon tasks.
            unsafe {
                let gradient = gradients.part(from, len);
                arenas.with(|arena| {
                    let mut tile = WeightTile {
                        rows,
                        gradient,
                        examples: batch.examples,
                        inputs,
                        kept,
                        scale,
                        scratch: &mut arena[scratch_start..],
                    };
                    (program.train.weights)(index, &mut tile);
                });
            }
        });
    }

    /// Runs the step's stages again, watching for the first layer that isn't finite.
    fn find_culprit(
        &mut self,
        network: &mut dyn Network,
        batch: &Batch<'_>,
        loss: LossContext<'_>,
        split: &Split,
        key: u64,
    ) -> Culprit {
        let program = self.program;
        if let Some(culprit) = inspect::inputs_and_tensors(program, network.store(), batch.inputs) {
            return culprit;
        }
        let watch = Watch::new();
        // On a copy: the second run must not count twice in the running means.
        let mut store = network.store().clone();
        for stage in 0..program.train.stages {
            self.run_stage(stage, split, &store, batch, loss, key, Some(&watch));
            self.run_between(stage, &mut store, batch.examples);
        }
        watch.layer(program).unwrap_or(Culprit::Loss)
    }
}

/// Checks targets against outputs; one over each output's total weight.
fn check_losses(
    program: &'static Program,
    batch: &Batch<'_>,
    losses: &[&dyn OutputLoss],
) -> Result<[f32; MOST_OUTPUTS], EngineError> {
    let outputs = program.outputs.len();
    if losses.len() != outputs || batch.targets.len() != outputs {
        let (losses, targets) = (losses.len(), batch.targets.len());
        return Err(EngineError::Outputs {
            model: program.name,
            outputs,
            losses,
            targets,
        });
    }
    let mut scales = [0.0; MOST_OUTPUTS];
    for (index, port) in program.outputs.iter().enumerate() {
        let (loss, targets, spec) = (losses[index], batch.targets[index], port.spec());
        loss.check(spec, targets, batch.examples)
            .map_err(|source| EngineError::Loss {
                model: program.name,
                output: port.name,
                source,
            })?;
        scales[index] = (1.0 / loss.total_weight(spec, targets, batch.examples)) as f32;
    }
    Ok(scales)
}

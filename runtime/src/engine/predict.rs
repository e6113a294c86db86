//! Running a model forward.

use super::aligned::AlignedBuffer;
use super::buffers::{Buffers, Window};
use super::chunk::{Chunk, Inputs, arena_len};
use super::error::EngineError;
use super::parallel::{Arenas, Shared, for_each};
use super::plan::padded;
use super::program::{OutputPort, Program};
use super::split::{Split, most_chunks};
use super::store::{Network, Store};
use crate::kernels::activation::{self, Activation};
use crate::kernels::softmax;
use crate::link::Link;

/// The memory for predictions: made once, then nothing is allocated.
pub struct PredictWorkspace {
    program: &'static Program,
    capacity: usize,
    kept: AlignedBuffer,
    packed: AlignedBuffer,
    packed_version: Option<u64>,
    arenas: Arenas,
    serial: bool,
    examples: usize,
}

/// A batch of fewer operations than this runs on one thread: handing it out would take longer.
pub(super) const SERIAL_FLOPS: u64 = 400_000;

impl PredictWorkspace {
    /// Memory for batches of up to `batch` examples.
    pub fn new(program: &'static Program, batch: usize) -> Self {
        let schedule = &program.infer.schedule;
        let capacity = batch.max(1);
        let serial = program.flops * (capacity as u64) < SERIAL_FLOPS
            || Split::new(capacity, schedule).lanes == 1;
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
            packed: AlignedBuffer::zeroed(schedule.packed_len),
            packed_version: None,
            arenas: Arenas::new(
                threads,
                arena_len(schedule.chunk_len, schedule.scratch_len, rows),
            ),
            serial,
            examples: 0,
        }
    }

    /// The most examples a batch may have.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Runs the model on `examples` examples; the results are then in [`PredictWorkspace::logits`].
    ///
    /// # Errors
    ///
    /// If an input is missing or has the wrong length, or the batch is larger than the workspace.
    pub fn run(
        &mut self,
        network: &dyn Network,
        inputs: &[&[f32]],
        examples: usize,
    ) -> Result<(), EngineError> {
        let program = self.program;
        check_model(program, network)?;
        check_inputs(program, inputs, examples, self.capacity)?;
        let schedule = &program.infer.schedule;
        let store = network.store();
        if self.packed_version != Some(store.version()) {
            pack(schedule, store, &mut self.packed, self.serial);
            self.packed_version = Some(store.version());
        }
        let serial = self.serial || examples == 1;
        if !serial {
            self.arenas.fit(rayon::current_num_threads());
        }
        let split = Split::new(examples, schedule);
        let rows = schedule.chunk_examples.min(self.capacity);
        let scratch = padded(schedule.chunk_len * rows);
        let capacity = self.capacity;
        let kept = Shared::new(&mut self.kept);
        let (arenas, packed) = (&self.arenas, &self.packed[..]);
        let lane = |lane: usize| {
            // SAFETY: tasks of one `for_each` run in one pool, and generated code starts no rayon tasks.
            unsafe {
                arenas.with(|arena| {
                    for index in 0..split.chunks_of(lane) {
                        let span = split.chunk(lane, index);
                        let (chunk_arena, scratch) = arena.split_at_mut(scratch);
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
                            Window::new(std::ptr::NonNull::dangling().as_ptr(), 0, 0, 0, 0),
                            Window::new(std::ptr::NonNull::dangling().as_ptr(), 0, 0, 0, 0),
                        ];
                        let mut chunk = Chunk {
                            examples: span.len,
                            first: span.first,
                            inputs: Inputs {
                                batch: inputs,
                                ports: program.inputs,
                                span,
                            },
                            parameters: store.parameters(),
                            state: store.state(),
                            packed,
                            shared: &[],
                            // Chunks hold disjoint examples, and the arena is this thread's.
                            buffers: Buffers::new(windows),
                            key: 0,
                            loss: None,
                            loss_sum: 0.0,
                            watch: None,
                        };
                        (program.infer.forward)(&mut chunk);
                    }
                });
            }
        };
        if serial {
            (0..split.lanes).for_each(lane)
        } else {
            for_each(split.lanes, false, &lane)
        }
        self.examples = examples;
        Ok(())
    }

    /// The values of output `index` before its link, of the last run: `(examples, size)`.
    pub fn logits(&self, index: usize) -> &[f32] {
        let port = &self.program.outputs[index];
        &self.kept[port.infer_offset * self.capacity..][..port.size() * self.examples]
    }

    /// Passes output `index` of the last run through its link and returns the predictions. To be called once a run.
    pub fn predictions(&mut self, index: usize) -> &[f32] {
        let port = &self.program.outputs[index];
        let values =
            &mut self.kept[port.infer_offset * self.capacity..][..port.size() * self.examples];
        apply_link(port, values);
        values
    }
}

/// Passes values through an output's link, in place.
pub fn apply_link(port: &OutputPort, values: &mut [f32]) {
    let width = port.last_axis();
    match port.link {
        Link::Plain => {}
        Link::Sigmoid => activation::forward_in_place(Activation::Sigmoid, values),
        Link::Softmax => softmax::forward_in_place(width, values.len() / width.max(1), values),
        Link::LogSoftmax => {
            softmax::log_softmax_forward_in_place(width, values.len() / width.max(1), values)
        }
    }
}

/// Packs all weights of a schedule.
pub(super) fn pack(schedule: &super::Schedule, store: &Store, packed: &mut [f32], serial: bool) {
    let packed = Shared::new(packed);
    for_each(schedule.packs.len(), serial, &|index| {
        let pack = schedule.packs[index];
        // SAFETY: packs are laid one after the other (`offsets`), so they are disjoint.
        (schedule.pack)(index, store.parameters(), store.state(), unsafe {
            packed.part(pack.offset, pack.len)
        });
    });
}

pub(super) fn check_model(
    program: &'static Program,
    network: &dyn Network,
) -> Result<(), EngineError> {
    let found = network.program();
    if std::ptr::eq(program, found)
        || std::ptr::eq(program.tensors, found.tensors) && program.name == found.name
    {
        return Ok(());
    }
    Err(EngineError::Model {
        expected: program.name,
        found: found.name,
    })
}

pub(super) fn check_inputs(
    program: &'static Program,
    inputs: &[&[f32]],
    examples: usize,
    capacity: usize,
) -> Result<(), EngineError> {
    let model = program.name;
    if examples == 0 || examples > capacity {
        return Err(EngineError::BatchSize {
            model,
            capacity,
            found: examples,
        });
    }
    if inputs.len() != program.inputs.len() {
        return Err(EngineError::Inputs {
            model,
            expected: program.inputs.len(),
            found: inputs.len(),
        });
    }
    for (port, input) in program.inputs.iter().zip(inputs) {
        let expected = port.size() * examples;
        if input.len() != expected {
            let (input, shape, found) = (port.name, port.shape, input.len());
            return Err(EngineError::InputLength {
                model,
                input,
                examples,
                shape,
                expected,
                found,
            });
        }
    }
    Ok(())
}

/// The most chunks of any batch that fits.
pub(super) fn chunk_capacity(program: &Program, capacity: usize) -> usize {
    most_chunks(capacity, &program.train.schedule)
}

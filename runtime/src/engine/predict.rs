//! Running a model forward.

use super::aligned::{AlignedBuffer, floats};
use super::check::{check_inputs, check_model};
use super::chunk::Chunk;
use super::chunks::Chunks;
use super::error::EngineError;
use super::inputs::{Elements, InputArrays};
use super::inspect;
use super::packing::pack;
use super::parallel::{Arenas, HANDED_OVER_FLOPS, Shared};
use super::port::OutputPort;
use super::program::Program;
use super::split::Split;
use super::store::Network;
use super::team_needs::TeamNeeds;
use crate::kernels::activation::{self, Activation};
use crate::kernels::softmax;
use crate::kernels::team::Team;
use crate::link::Link;
use std::sync::atomic::{AtomicBool, Ordering};

/// The memory for predictions: made once, then nothing is allocated.
pub struct PredictWorkspace {
    program: &'static Program,
    capacity: usize,
    kept: AlignedBuffer,
    packed: AlignedBuffer,
    packed_version: Option<u64>,
    arenas: Arenas,
    /// The scratch of kernels that share the work of few examples, where it is worth it.
    team: Option<AlignedBuffer>,
    serial: bool,
    examples: usize,
    /// Which outputs of the last run have passed through their link.
    linked: Vec<bool>,
    /// The batch that was asked for, where there can be no memory for it.
    refused: Option<usize>,
}

impl PredictWorkspace {
    /// Memory for batches of up to `batch` examples. Where there can't be so much, every run is an error that says so.
    pub fn new(program: &'static Program, batch: usize) -> Self {
        let memory = &program.infer.memory;
        memory.check();
        let refused = (!memory.is_possible(batch, 0)).then_some(batch);
        let capacity = if refused.is_some() { 1 } else { batch.max(1) };
        let serial = program.predicts_serially(capacity);
        let threads = if serial {
            1
        } else {
            rayon::current_num_threads()
        };
        let rows = memory.chunk_examples.min(capacity);
        Self {
            program,
            capacity,
            kept: AlignedBuffer::zeroed(floats(memory.kept_bytes * capacity)),
            packed: AlignedBuffer::zeroed(memory.packed_len),
            packed_version: None,
            arenas: Arenas::new(
                threads,
                memory.arena_len(rows),
                memory.other_arena_len(rows),
            ),
            team: program.infer.team.scratch(rayon::current_num_threads()),
            serial,
            examples: 0,
            linked: vec![false; program.outputs.len()],
            refused,
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
    /// If an input is missing or has the wrong length, the batch is larger than the workspace, or a number of an input or of
    /// an output is NaN or infinite.
    pub fn run(
        &mut self,
        network: &dyn Network,
        inputs: &[&[f32]],
        examples: usize,
    ) -> Result<(), EngineError> {
        self.run_arrays(network, inputs.into(), examples)
    }

    /// The same for a model whose inputs aren't all of `f32`.
    ///
    /// # Errors
    ///
    /// As [`PredictWorkspace::run`], and if an input has the wrong kind of numbers.
    pub fn run_mixed(
        &mut self,
        network: &dyn Network,
        inputs: &[Elements<'_>],
        examples: usize,
    ) -> Result<(), EngineError> {
        self.run_arrays(network, inputs.into(), examples)
    }

    fn run_arrays(
        &mut self,
        network: &dyn Network,
        inputs: InputArrays<'_>,
        examples: usize,
    ) -> Result<(), EngineError> {
        let program = self.program;
        check_model(program, network)?;
        if let Some(found) = self.refused {
            let model = program.name;
            return Err(EngineError::TooLarge { model, found });
        }
        check_inputs(program, inputs, examples, self.capacity)?;
        self.examples = 0;
        let memory = &program.infer.memory;
        let store = network.store();
        if self.packed_version != Some(store.version()) {
            pack(memory, 0, store, &mut self.packed, self.serial);
            self.packed_version = Some(store.version());
        }
        let serial = self.serial || examples == 1;
        let split = memory.split(examples);
        let chunks = Chunks {
            memory,
            ports: program.inputs,
            split,
            capacity: self.capacity,
            most_chunks: 0,
            store,
            inputs,
            packed: &self.packed,
            shared: &[],
            stage: 0,
            key: 0,
            loss: None,
            watch: None,
            kept: Shared::new(&mut self.kept),
            partial: Shared::new(&mut []),
        };
        let broken = AtomicBool::new(false);
        let forward = |chunk: &mut Chunk<'_>| {
            if !chunk.inputs.are_finite() {
                broken.store(true, Ordering::Relaxed);
            }
            (program.infer.forward)(chunk)
        };
        let run = |lane: usize, arena: &mut [f32], team: Team<'_>| {
            // SAFETY: each lane runs once, both buffers are borrowed for them alone, and `new` has checked the tables.
            unsafe { chunks.run_lane(lane, arena, &mut [], &mut [], team, forward) }
        };
        match &mut self.team {
            Some(scratch) if is_shared(program, &split) => {
                let (arena, needs) = (self.arenas.first(), program.infer.team);
                Team::with_pool(needs.parts_and_scratch(), scratch, |mut team| {
                    (0..split.lanes).for_each(|lane| run(lane, arena, team.again()));
                });
            }
            _ => self
                .arenas
                .for_each_part((), split.lanes, serial, &|lane, (), arena| {
                    run(lane, arena, Team::alone());
                }),
        }
        if broken.into_inner() {
            inspect::inputs(program, inputs)?;
        }
        self.examples = examples;
        self.linked.fill(false);
        for (index, port) in program.outputs.iter().enumerate() {
            inspect::predictions(program, store, port, self.logits(index))?;
        }
        Ok(())
    }

    /// The values of output `index` before its link, of the last run: `(examples, size)`. Once its
    /// [`predictions`](PredictWorkspace::predictions) were asked for, these are them.
    pub fn logits(&self, index: usize) -> &[f32] {
        let port = &self.program.outputs[index];
        &self.kept[port.kept(port.infer_offset, self.capacity, self.examples)]
    }

    /// Passes output `index` of the last run through its link, unless that is done, and returns the predictions.
    pub fn predictions(&mut self, index: usize) -> &[f32] {
        let port = &self.program.outputs[index];
        let rows = port.kept(port.infer_offset, self.capacity, self.examples);
        let values = &mut self.kept[rows];
        if !std::mem::replace(&mut self.linked[index], true) {
            apply_link(port, values);
        }
        values
    }
}

/// Whether threads had better share the layers of a batch than take a lane each, and the batch is large enough to be handed to a pool
/// from where the calling thread is.
fn is_shared(program: &Program, split: &Split) -> bool {
    let flops = program.flops.saturating_mul(split.examples as u64);
    (flops >= HANDED_OVER_FLOPS || rayon::current_thread_index().is_some())
        && TeamNeeds::is_worth_it(split.lanes, rayon::current_num_threads())
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

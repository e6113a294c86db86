//! Forward, loss and backward of one batch: stages over chunks, what runs between them, and the products over the whole batch.

use super::aligned::{AlignedBuffer, floats, padded};
use super::chunk::LossContext;
use super::chunks::Chunks;
use super::culprit::Culprit;
use super::finite_watch::FiniteWatch;
use super::gather::LaneSums;
use super::inputs::{InputArrays, Inputs};
use super::inspect;
use super::lanes::Lanes;
use super::loss_sum::LossSum;
use super::packing::pack;
use super::parallel::{Arenas, Shared};
use super::program::Program;
use super::split::{ExampleRange, Split, most_chunks};
use super::store::{Network, Store};
use super::team_needs::TeamNeeds;
use super::tiles::{Tile, Tiles, behind, tiles};
use super::whole::{WeightTile, Whole};
use crate::kernels::team::Team;
use crate::tasks::one_by_one;
use crate::trace::{Phase, phase};

/// What one pass learns from.
#[derive(Clone, Copy)]
pub(super) struct Lesson<'a> {
    pub inputs: InputArrays<'a>,
    pub examples: usize,
    pub loss: LossContext<'a>,
    /// The random key of the step.
    pub key: u64,
}

/// The memory of forward and backward.
pub(super) struct BackwardWorkspace {
    program: &'static Program,
    capacity: usize,
    kept: AlignedBuffer,
    partial: AlignedBuffer,
    shared: AlignedBuffer,
    packed: AlignedBuffer,
    lane_gradients: AlignedBuffer,
    /// The lanes of the last pass.
    lanes: usize,
    arenas: Arenas,
    chunk_sizes: Vec<usize>,
    /// The sum of each chunk's losses, for each output.
    chunk_losses: Vec<f64>,
    /// The tasks of weight gradients.
    tiles: Vec<Tile>,
    most_chunks: usize,
    serial: bool,
}

impl BackwardWorkspace {
    /// Memory for batches of up to `capacity` examples.
    pub(super) fn new(program: &'static Program, capacity: usize, serial: bool) -> Self {
        let memory = &program.train.memory;
        memory.check();
        let chunks = most_chunks(
            capacity,
            memory.chunk_examples,
            memory.lane_examples,
            memory.fewest_in_lane,
        );
        let lanes = (1..=capacity.min(1024))
            .map(|examples| memory.split(examples).lanes)
            .max()
            .unwrap_or(1);
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
            partial: AlignedBuffer::zeroed(floats(memory.partial_bytes * chunks)),
            shared: AlignedBuffer::zeroed(memory.shared_len),
            packed: AlignedBuffer::zeroed(memory.packed_len),
            lane_gradients: AlignedBuffer::zeroed(padded(program.train.lane_len) * lanes),
            lanes: 0,
            arenas: Arenas::new(
                threads,
                memory.arena_len(rows),
                memory.other_arena_len(rows),
            ),
            chunk_sizes: Vec::with_capacity(chunks),
            chunk_losses: vec![0.0; chunks * program.outputs.len()],
            tiles: tiles(program.train.weight_tasks),
            most_chunks: chunks,
            serial,
        }
    }

    /// The most examples a batch may have.
    pub(super) fn capacity(&self) -> usize {
        self.capacity
    }

    /// The values of output `index` before its link, of the last pass over `examples` examples.
    pub(super) fn logits(&self, index: usize, examples: usize) -> &[f32] {
        let port = &self.program.outputs[index];
        &self.kept[port.kept(port.train_offset, self.capacity, examples)]
    }

    /// The lanes' gradients of the last pass.
    pub(super) fn lane_sums(&self) -> LaneSums<'_> {
        LaneSums {
            lanes: self.lanes,
            gradients: &self.lane_gradients,
            stride: padded(self.program.train.lane_len),
            tensors: self.program.train.lane_tensors,
        }
    }

    /// Forward, loss and backward.
    ///
    /// The stages run on the threads of a team, with `team` as its scratch, where there are too few lanes for them.
    ///
    /// If the loss is finite, lanes hold their sums of the gradients of lane tensors, and `gradients` those of all others.
    pub(super) fn run(
        &mut self,
        network: &mut dyn Network,
        lesson: &Lesson<'_>,
        gradients: &mut [f32],
        team: Option<&mut [f32]>,
    ) {
        let train = &self.program.train;
        let split = train.memory.split(lesson.examples);
        self.lanes = split.lanes;
        split.chunk_sizes(&mut self.chunk_sizes);
        self.chunk_losses.fill(0.0);
        for field in train.whole_tensors {
            gradients[field.offset..field.offset + field.len].fill(0.0);
        }
        let worth = TeamNeeds::is_worth_it(split.lanes, rayon::current_num_threads());
        let mut stages = |mut team: Team<'_>| {
            for stage in 0..train.stages {
                self.stage(stage, &split, network.store(), lesson, None, team.again());
                phase(Phase::Between(stage));
                self.between(stage, network.store_mut(), lesson.examples, gradients);
                phase(Phase::Weights);
                self.weights(stage, lesson, gradients);
            }
        };
        match team {
            // One team for all of them: to call it together takes as long as a layer.
            Some(scratch) if worth => {
                Team::with_pool(train.team.parts_and_scratch(), scratch, stages);
            }
            _ => stages(Team::alone()),
        }
        phase(Phase::Other);
    }

    /// The sum of the losses of output `index` in the last pass.
    fn loss_sum(&self, index: usize) -> f64 {
        let outputs = self.program.outputs.len();
        self.chunk_losses.iter().skip(index).step_by(outputs).sum()
    }

    /// Sets the sum of each output's losses in the last pass; returns the mean loss, all outputs together.
    pub(super) fn losses(&self, sums: &mut [LossSum]) -> f64 {
        for (index, sum) in sums.iter_mut().enumerate() {
            sum.sum = self.loss_sum(index);
        }
        sums.iter().map(|sum| sum.mean()).sum()
    }

    fn stage(
        &mut self,
        stage: usize,
        split: &Split,
        store: &Store,
        lesson: &Lesson<'_>,
        watch: Option<&FiniteWatch>,
        mut team: Team<'_>,
    ) {
        let train = &self.program.train;
        pack(&train.memory, stage, store, &mut self.packed, self.serial);
        phase(Phase::Stage(stage));
        let chunks = Chunks {
            memory: &train.memory,
            ports: self.program.inputs,
            split: *split,
            capacity: self.capacity,
            most_chunks: self.most_chunks,
            store,
            inputs: lesson.inputs,
            packed: &self.packed,
            shared: &self.shared,
            stage,
            key: lesson.key,
            loss: Some(lesson.loss),
            watch,
            kept: Shared::new(&mut self.kept),
            partial: Shared::new(&mut self.partial),
        };
        let lanes = Lanes::new(
            split,
            (padded(train.lane_len), &mut self.lane_gradients),
            (self.program.outputs.len(), &mut self.chunk_losses),
        );
        let run = |lane, part: Lanes<'_>, arena: &mut [f32], team: Team<'_>| {
            let (gradients, losses) = part.only();
            if stage == 0 {
                gradients.fill(0.0);
            }
            // SAFETY: each lane runs once, `kept` and `partial` are borrowed by this function alone, and `new` has
            // checked the tables.
            unsafe {
                chunks.run_lane(lane, arena, gradients, losses, team, |chunk| {
                    (train.stage)(stage, chunk)
                });
            }
        };
        let (arenas, serial) = (&mut self.arenas, self.serial);
        if team.is_alone() {
            arenas.for_each_part(lanes, split.lanes, serial, &|lane, part, arena| {
                run(lane, part, arena, Team::alone());
            });
        } else {
            let arena = arenas.first();
            one_by_one(lanes, split.lanes, &mut |lane, part| {
                run(lane, part, arena, team.again());
            });
        }
    }

    fn between(&mut self, stage: usize, store: &mut Store, examples: usize, gradients: &mut [f32]) {
        let (parameters, state) = store.state_mut();
        (self.program.train.between)(
            stage,
            &mut Whole {
                chunk_examples: &self.chunk_sizes,
                parameters,
                state,
                gradients,
                shared: &mut self.shared,
                partial: &self.partial,
                most_chunks: self.most_chunks,
                examples,
            },
        );
    }

    /// The gradients that are products over the whole batch and are taken behind a stage, tile by tile.
    fn weights(&mut self, stage: usize, lesson: &Lesson<'_>, gradients: &mut [f32]) {
        let tiles = behind(&self.tiles, stage);
        let is_finite = |sum: &f64| sum.is_finite();
        if tiles.is_empty() || !self.chunk_losses.iter().all(is_finite) {
            return;
        }
        let train = &self.program.train;
        let (kept, capacity) = (&self.kept[..], self.capacity);
        let inputs = Inputs {
            batch: lesson.inputs,
            ports: self.program.inputs,
            rows: ExampleRange {
                first: 0,
                len: lesson.examples,
            },
        };
        let all = Tiles::new(tiles, gradients);
        let (arenas, count) = (&mut self.arenas, tiles.len());
        arenas.for_each_part(all, count, self.serial, &|_, part: Tiles<'_>, arena| {
            let (tile, gradient) = part.only();
            let mut rows = WeightTile {
                rows: tile.rows.clone(),
                gradient,
                examples: lesson.examples,
                inputs,
                kept,
                capacity,
                scratch: arena,
            };
            (train.weights)(tile.task, &mut rows);
        });
    }

    /// Runs the stages again, watching for the first layer that isn't finite. `gradients` are overwritten.
    pub(super) fn find_culprit(
        &mut self,
        network: &dyn Network,
        lesson: &Lesson<'_>,
        gradients: &mut [f32],
    ) -> Culprit {
        let program = self.program;
        let culprit = inspect::inputs_and_tensors(program, network.store(), lesson.inputs);
        if let Some(culprit) = culprit {
            return culprit;
        }
        let (watch, split) = (
            FiniteWatch::new(),
            program.train.memory.split(lesson.examples),
        );
        // On a copy: the second run must not count twice in the running means.
        let mut store = network.store().clone();
        for stage in 0..program.train.stages {
            let team = Team::alone();
            self.stage(stage, &split, &store, lesson, Some(&watch), team);
            self.between(stage, &mut store, lesson.examples, gradients);
        }
        inspect::layer(program, &watch).unwrap_or(Culprit::Loss)
    }
}

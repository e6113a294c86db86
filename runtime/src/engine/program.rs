//! What `model!` writes about a model: tables of its tensors and buffers, and the functions that run it.

use super::aligned::padded;
use super::chunk::Chunk;
use super::layout::Field;
use super::least_batch::{BatchStatistics, needs_two_examples};
use super::loss_sum::LossSum;
use super::memory::{Memory, buffer_bytes, in_usize};
use super::parallel::SERIAL_FLOPS;
use super::pieces::pieces;
use super::port::{OutputPort, Port};
use super::team_needs::TeamNeeds;
use super::tiles::{Tile, WeightTask, tile_count};
use super::whole::{WeightTile, Whole};
use crate::graph::{Graph, TensorInfo};

/// A trained tensor whose gradient each lane adds up for itself.
#[derive(Clone, Copy, Debug)]
pub struct LaneTensor {
    /// Where its gradient begins in the flat buffer, in floats.
    pub offset: usize,
    /// Where its gradient begins in a lane's buffer, in floats.
    pub lane_offset: usize,
    /// Its length, in floats.
    pub len: usize,
}

/// How a model is trained.
#[derive(Clone, Copy)]
pub struct TrainProgram {
    /// Its buffers and how a batch is cut.
    pub memory: Memory,
    /// Number of stages; between two of them the whole batch meets.
    pub stages: usize,
    /// Runs a stage over one chunk.
    pub stage: fn(usize, &mut Chunk<'_>),
    /// Runs once after a stage, over the whole batch.
    pub between: fn(usize, &mut Whole<'_>),
    /// Floats of one lane's gradients.
    pub lane_len: usize,
    /// The tensors in it.
    pub lane_tensors: &'static [LaneTensor],
    /// Trained tensors whose gradients are added up between stages.
    pub whole_tensors: &'static [Field],
    /// Weight gradients taken over the whole batch.
    pub weight_tasks: &'static [WeightTask],
    /// Runs one tile of a weight task.
    pub weights: fn(usize, &mut WeightTile<'_>),
    /// What kernels that share their work ask for.
    pub team: TeamNeeds,
}

/// How a model predicts.
#[derive(Clone, Copy)]
pub struct InferProgram {
    /// Its buffers and how a batch is cut.
    pub memory: Memory,
    /// Runs forward over one chunk.
    pub forward: fn(&mut Chunk<'_>),
    /// What kernels that share their work ask for.
    pub team: TeamNeeds,
}

/// A compiled model: everything but the values of its parameters.
pub struct Program {
    /// The model's name.
    pub name: &'static str,
    /// What it is, as data.
    pub graph: &'static Graph,
    /// Its tensors, in order.
    pub tensors: &'static [TensorInfo],
    /// Length of the flat buffer of parameters, gaps included.
    pub parameters_len: usize,
    /// Length of the flat buffer of state.
    pub state_len: usize,
    /// Its inputs.
    pub inputs: &'static [Port],
    /// Its outputs.
    pub outputs: &'static [OutputPort],
    /// Floating-point operations of forward, one example (two for each multiply-add).
    pub flops: u64,
    /// The layers that, in training, take statistics over the whole batch.
    pub batch_statistics: &'static [BatchStatistics],
    /// The fewest examples that it can be trained on at a time: 2 where one of `batch_statistics` sees one value of each
    /// channel in an example, else 1.
    pub least_batch: usize,
    /// How it is trained.
    pub train: TrainProgram,
    /// How it predicts.
    pub infer: InferProgram,
}

impl Program {
    /// Number of trained parameters.
    pub const fn parameters(&self) -> usize {
        self.elements(true)
    }

    /// Number of elements of state, such as running means.
    pub const fn state(&self) -> usize {
        self.elements(false)
    }

    /// The first layer that can't be trained on a single example, if there is one: then
    /// [`least_batch`](Program::least_batch) is 2.
    pub fn needs_two_examples(&self) -> Option<&'static str> {
        needs_two_examples(self.batch_statistics)
    }

    const fn elements(&self, trained: bool) -> usize {
        let mut count = 0;
        let mut i = 0;
        while i < self.tensors.len() {
            if self.tensors[i].trained == trained {
                count += self.tensors[i].len();
            }
            i += 1;
        }
        count
    }

    /// Bytes that training allocates for `batch` examples on `threads` threads, besides the model and the optimizer's state;
    /// `usize::MAX` where there are more, or no batch can be so large.
    pub const fn train_bytes(&self, batch: usize, threads: usize) -> usize {
        let train = &self.train;
        let Some(split) = train.memory.countable(batch) else {
            return usize::MAX;
        };
        let (outputs, lanes) = (self.outputs.len() as u128, split.lanes as u128);
        let output = size_of::<LossSum>() + size_of::<f32>() + split.chunks * size_of::<f64>();
        let gradients = lanes * 4 * padded(train.lane_len) as u128;
        in_usize(
            buffer_bytes(gradients)
                + buffer_bytes(4 * self.parameters_len as u128)
                + buffer_bytes(4 * self.state_len as u128)
                + (pieces(self.parameters_len) * size_of::<f64>()) as u128
                + outputs * output as u128
                + (tile_count(train.weight_tasks) * size_of::<Tile>()) as u128
                + train.team.bytes(threads)
                + train.memory.bytes(&split, threads),
        )
    }

    /// Whether batches of up to `batch` examples are predicted on the calling thread, but for what kernels share.
    pub(super) const fn predicts_serially(&self, batch: usize) -> bool {
        self.flops.saturating_mul(batch as u64) < SERIAL_FLOPS
            || self.infer.memory.split(batch).lanes == 1
    }

    /// Bytes that inference allocates for `batch` examples on `threads` threads, besides the model; `usize::MAX` where there
    /// are more, or no batch can be so large.
    pub const fn inference_bytes(&self, batch: usize, threads: usize) -> usize {
        let Some(split) = self.infer.memory.countable(batch) else {
            return usize::MAX;
        };
        let team = self.infer.team.bytes(threads);
        let arenas = if self.predicts_serially(batch) {
            1
        } else {
            threads
        };
        in_usize(team.saturating_add(self.infer.memory.bytes(&split, arenas)))
    }
}

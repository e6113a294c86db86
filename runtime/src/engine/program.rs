//! What `model!` writes about a model: tables of its tensors and buffers, and the functions that run it.

use super::aligned::{AlignedBuffer, padded};
use super::chunk::Chunk;
use super::layout::Field;
use super::least_batch::{BatchStatistics, needs_two_examples};
use super::loss_sum::LossSum;
use super::memory::Memory;
use super::pieces::pieces;
use super::port::{OutputPort, Port};
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

/// A weight whose gradient is one product over the whole batch, cut by rows into tasks.
#[derive(Clone, Copy, Debug)]
pub struct WeightTask {
    /// Where its gradient begins in the flat buffer, in floats.
    pub offset: usize,
    /// Rows of the weight.
    pub rows: usize,
    /// Length of a row.
    pub row_len: usize,
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
}

/// How a model predicts.
#[derive(Clone, Copy)]
pub struct InferProgram {
    /// Its buffers and how a batch is cut.
    pub memory: Memory,
    /// Runs forward over one chunk.
    pub forward: fn(&mut Chunk<'_>),
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

    /// Bytes that training allocates for `batch` examples on `threads` threads, besides the model and the optimizer's state.
    pub const fn train_bytes(&self, batch: usize, threads: usize) -> usize {
        let split = self.train.memory.split(batch);
        AlignedBuffer::bytes_for(split.lanes * padded(self.train.lane_len))
            + AlignedBuffer::bytes_for(self.parameters_len)
            + AlignedBuffer::bytes_for(self.state_len)
            + pieces(self.parameters_len) * size_of::<f64>()
            + self.outputs.len() * (size_of::<LossSum>() + size_of::<f32>())
            + split.chunks * self.outputs.len() * size_of::<f64>()
            + self.train.memory.bytes(&split, threads)
    }

    /// Bytes that inference allocates for `batch` examples on `threads` threads, besides the model.
    pub const fn inference_bytes(&self, batch: usize, threads: usize) -> usize {
        let split = self.infer.memory.split(batch);
        self.infer.memory.bytes(&split, threads)
    }
}

//! What `model!` writes about a model: tables of its layers, tensors and buffers, and the functions that run it.

use super::aligned::AlignedBuffer;
use super::chunk::{Chunk, WeightTile, Whole};
use super::plan::padded;
use crate::graph::{TensorInfo, product};
use crate::link::{Link, OutputSpec};

/// One layer as the summary shows it.
#[derive(Clone, Copy, Debug)]
pub struct LayerInfo {
    /// Its name, such as `conv2d1`.
    pub name: &'static str,
    /// Its kind, such as `Conv2d`.
    pub kind: &'static str,
    /// Shape of one example after it.
    pub output: &'static [usize],
    /// Trained parameters.
    pub parameters: usize,
    /// Floating-point operations of forward, one example.
    pub flops: u64,
}

/// A model's input.
#[derive(Clone, Copy, Debug)]
pub struct Port {
    /// Its name in the model.
    pub name: &'static str,
    /// Shape of one example.
    pub shape: &'static [usize],
}

impl Port {
    /// Elements of one example.
    pub const fn size(&self) -> usize {
        product(self.shape)
    }
}

/// A model's output.
#[derive(Clone, Copy, Debug)]
pub struct OutputPort {
    /// Its name; `output` where the model gives none.
    pub name: &'static str,
    /// Shape of one example.
    pub shape: &'static [usize],
    /// The function that predictions pass through.
    pub link: Link,
    /// Where the values before the link lie among the buffers kept for the whole batch, in floats for one example.
    pub train_offset: usize,
    /// The same for inference.
    pub infer_offset: usize,
}

impl OutputPort {
    /// Elements of one example.
    pub const fn size(&self) -> usize {
        product(self.shape)
    }

    /// The output as losses and metrics see it.
    pub const fn spec(&self) -> OutputSpec {
        OutputSpec::new(self.link, self.shape)
    }

    /// Length of the last axis, over which `Softmax` runs.
    pub const fn last_axis(&self) -> usize {
        if self.shape.is_empty() {
            1
        } else {
            self.shape[self.shape.len() - 1]
        }
    }
}

/// One repacking of a weight into the order its kernel reads.
#[derive(Clone, Copy, Debug)]
pub struct Pack {
    /// Where it lies in the buffer of packed weights.
    pub offset: usize,
    /// Its length, in floats.
    pub len: usize,
}

/// Buffers and chunk sizes of one way of running a model (training or inference).
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    /// Floats per example in a thread's arena.
    pub chunk_len: usize,
    /// Floats of scratch in a thread's arena.
    pub scratch_len: usize,
    /// Floats per example kept for the whole batch.
    pub kept_len: usize,
    /// Floats per chunk that reductions over the batch leave behind.
    pub partial_len: usize,
    /// Floats that reductions over the batch produce, read by every chunk.
    pub shared_len: usize,
    /// Length of the buffer of packed weights.
    pub packed_len: usize,
    /// What is packed.
    pub packs: &'static [Pack],
    /// Packs number `index`: `pack(index, parameters, state, packed)`.
    pub pack: fn(usize, &[f32], &[f32], &mut [f32]),
    /// The most examples one chunk may hold.
    pub chunk_examples: usize,
    /// Examples that share one accumulation of gradients.
    pub lane_examples: usize,
}

/// A trained tensor whose gradient each lane adds up for itself.
#[derive(Clone, Copy, Debug)]
pub struct LaneTensor {
    /// Where its gradient begins in the flat buffer.
    pub offset: usize,
    /// Where its gradient begins in a lane's buffer.
    pub lane_offset: usize,
    /// Its length, in floats.
    pub len: usize,
}

/// A weight whose gradient is one product over the whole batch, cut by rows into tasks.
#[derive(Clone, Copy, Debug)]
pub struct WeightTask {
    /// Where its gradient begins in the flat buffer.
    pub offset: usize,
    /// Rows of the weight.
    pub rows: usize,
    /// Length of a row.
    pub row_len: usize,
}

/// How a model is trained.
#[derive(Clone, Copy)]
pub struct TrainProgram {
    /// Its buffers and chunk sizes.
    pub schedule: Schedule,
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
    pub whole_tensors: &'static [super::Field],
    /// Weight gradients taken over the whole batch.
    pub weight_tasks: &'static [WeightTask],
    /// Runs one tile of a weight task.
    pub weights: fn(usize, &mut WeightTile<'_>),
}

/// How a model predicts.
#[derive(Clone, Copy)]
pub struct InferProgram {
    /// Its buffers and chunk sizes.
    pub schedule: Schedule,
    /// Runs forward over one chunk.
    pub forward: fn(&mut Chunk<'_>),
}

/// A compiled model: everything but the values of its parameters.
pub struct Program {
    /// The model's name.
    pub name: &'static str,
    /// Its layers, in order.
    pub layers: &'static [LayerInfo],
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
        let split = super::split::Split::new(batch, &self.train.schedule);
        AlignedBuffer::bytes_for(split.lanes * padded(self.train.lane_len))
            + AlignedBuffer::bytes_for(self.parameters_len)
            + AlignedBuffer::bytes_for(self.state_len)
            + super::update::pieces(self.parameters_len) * size_of::<f64>()
            + self.train.schedule.bytes(&split, threads)
    }

    /// Bytes that inference allocates for `batch` examples on `threads` threads, besides the model.
    pub const fn inference_bytes(&self, batch: usize, threads: usize) -> usize {
        let split = super::split::Split::new(batch, &self.infer.schedule);
        self.infer.schedule.bytes(&split, threads)
    }
}

impl Schedule {
    /// Floats of one thread's arena.
    pub(super) const fn arena_len(&self, split: &super::split::Split) -> usize {
        padded(self.chunk_len * split.chunk_examples) + padded(self.scratch_len)
    }

    const fn bytes(&self, split: &super::split::Split, threads: usize) -> usize {
        threads * AlignedBuffer::bytes_for(self.arena_len(split))
            + AlignedBuffer::bytes_for(self.kept_len * split.examples)
            + AlignedBuffer::bytes_for(self.partial_len * split.chunks)
            + AlignedBuffer::bytes_for(self.shared_len)
            + AlignedBuffer::bytes_for(self.packed_len)
            + split.chunks * (size_of::<usize>() + size_of::<f64>())
    }
}

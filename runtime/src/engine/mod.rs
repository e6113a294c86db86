//! What generated code and the training loop share: programs, buffers and steps.
//!
//! `model!` writes a [`Program`]: plain functions that run one *stage* of a step over one *chunk* of a batch, and tables that
//! say how large every buffer is and where it lies. The engine owns the memory, cuts batches into chunks, hands chunks to
//! threads and adds gradients up in an order that depends on the batch alone, never on the number of threads.

mod aligned;
mod buffers;
mod chunk;
mod error;
mod inspect;
mod layout;
mod parallel;
mod plan;
mod predict;
mod predictor;
mod program;
mod split;
mod store;
mod summary;
pub mod text;
mod train;
mod update;

pub use crate::graph::{TensorInfo, product};
pub use aligned::AlignedBuffer;
pub use buffers::{Buffers, Region, Slot};
pub use chunk::{Chunk, Inputs, WeightTile, Whole};
pub use error::EngineError;
pub(crate) use error::became;
pub use inspect::Culprit;
pub use layout::{Field, chunk_examples, disjoint, lane_examples, layout, layout_len};
pub use plan::{Life, Plan, at_least_one, max, offsets, plan, sum};
pub use predict::{PredictWorkspace, apply_link};
pub use predictor::Predictor;
pub use program::{
    InferProgram, LaneTensor, LayerInfo, OutputPort, Pack, Port, Program, Schedule, TrainProgram,
    WeightTask,
};
pub use store::{Network, Store};
pub use summary::Summary;
pub use train::{Batch, StepReport, TrainWorkspace};
pub use update::OptimizerSlots;

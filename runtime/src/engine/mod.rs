//! What generated code and the training loop share: programs, buffers and steps.
//!
//! `model!` writes a [`Program`]: plain functions that run one *stage* of a step over one *chunk* of a batch, and tables that
//! say how large every buffer is and where it lies. The engine owns the memory, cuts batches into chunks, hands chunks to
//! threads and adds gradients up in an order that depends on the batch alone, never on the number of threads.

mod aligned;
mod axes_hint;
mod backward;
mod buffers;
mod check;
mod chunk;
mod chunks;
mod column_names;
mod culprit;
mod data_names;
mod error;
mod finite_watch;
mod gather;
mod inputs;
mod inspect;
mod into_input;
mod keep;
mod lanes;
mod layout;
mod least_batch;
mod loss_sum;
mod memory;
mod optimizer_slots;
mod packing;
mod parallel;
mod pieces;
mod port;
mod predict;
mod predictions;
mod predictor;
mod program;
mod sizes;
mod slot;
mod split;
mod store;
mod summary;
mod team_needs;
mod tensor_parts;
pub mod text;
mod tiles;
mod train;
mod update;
mod whole;

pub use crate::graph::{TensorInfo, product};
pub use aligned::AlignedBuffer;
pub(crate) use axes_hint::axes_hint;
pub use buffers::{Buffers, Numbers};
pub(crate) use check::check_loss;
pub use chunk::Chunk;
pub use column_names::ColumnNames;
pub use culprit::Culprit;
pub use data_names::DataNames;
pub use error::EngineError;
pub(crate) use error::became;
pub use inputs::{Elements, InputArrays, Inputs};
pub use into_input::{GivenInput, IntoInput};
pub use keep::Keep;
pub use layout::{Field, disjoint, layout, layout_len};
pub use least_batch::{BatchStatistics, least_batch};
pub use loss_sum::LossSum;
pub use memory::{Memory, Pack};
pub use optimizer_slots::OptimizerSlots;
pub use port::{OutputPort, Port};
pub use predict::{PredictWorkspace, apply_link};
pub(crate) use predictions::Predictions;
pub use predictor::Predictor;
pub use program::{InferProgram, LaneTensor, Program, TrainProgram};
pub use shapeflow_terms::Element;
pub use shapeflow_terms::plan::{
    Life, Plan, TURN_BYTES, Turns, in_turns, one_after_the_other, plan,
};
pub use sizes::{at_least_one, max, sum};
pub use slot::{Region, Slot};
pub use split::{
    ONE_LANE, chunk_examples, fewest_in_lane, is_layer_by_layer, lane_examples, large_bytes,
};
pub use store::{Network, Store};
pub use summary::Summary;
pub use team_needs::TeamNeeds;
pub use tiles::WeightTask;
pub use train::{Batch, StepReport, TrainWorkspace, step_key};
pub use whole::{WeightTile, Whole};

//! The numbers by which the stages name things to each other.

/// The index of a value in [`Graph::values`](crate::graph::Graph::values).
pub type ValueId = usize;
/// The index of a layer in [`Graph::layers`](crate::graph::Graph::layers).
pub type LayerId = usize;
/// The index of one use of a block in [`Graph::blocks`](crate::graph::Graph::blocks).
pub type BlockId = usize;
/// The index of one use of a block that is recomputed in [`Graph::recomputed`](crate::graph::Graph::recomputed).
pub type RecomputeId = usize;
/// One tensor of one layer: the layer, and the position among its tensors.
pub type TensorId = (LayerId, usize);
/// The index of a buffer in [`Steps::buffers`](crate::step::Steps::buffers).
pub type BufferId = usize;
/// The index of a description of sizes in [`Steps::specs`](crate::step::Steps::specs).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpecId(pub usize);
/// The index of a packed weight in [`Steps::packs`](crate::step::Steps::packs).
pub type PackId = usize;

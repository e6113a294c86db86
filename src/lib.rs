//! Neural networks as one checked `model!` block.
pub use shapeflow_macros::model;
pub use shapeflow_runtime::*;

//! Names from before the graph had a room of its own.

pub use crate::graph::{
    Graph as TypedModel, Input as TypedInput, LayerInstance, Node, Output as TypedOutput, Value,
};
pub use crate::id::{LayerId, ValueId};
pub use shapeflow_terms::Link;

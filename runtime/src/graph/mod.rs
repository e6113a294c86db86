//! A model's graph as data: what its layers are and how values flow between them.
//!
//! `model!` writes a [`Graph`] as a `static` for every model. It says what the model *is* and nothing of how it runs, so that
//! summaries, pictures and file formats need no macro and no engine.

mod attribute;
mod layer;
mod picture;
mod structure;
mod tensor;
mod text;

pub use attribute::{Attribute, AttributeValue};
pub use layer::{Block, Layer};
pub use shapeflow_terms::Element;
pub use structure::{Graph, Input, Node, Output, Value};
pub use tensor::{TensorInfo, product};

#[cfg(test)]
mod samples;

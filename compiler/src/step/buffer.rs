//! Buffers before they have a place.

use shapeflow_terms::Element;

use crate::shape::Dim;

/// How far a buffer reaches, which decides where it may lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// A row for each example.
    Rows,
    /// A row for each chunk, for a reduction over the batch.
    Partial,
    /// The result of a reduction over the batch.
    Shared,
    /// The model's input of this index.
    Input(usize),
}

/// A buffer.
#[derive(Clone, Debug)]
pub struct Buffer {
    /// What it holds, for the reader of what is printed.
    pub label: String,
    pub element: Element,
    /// Its number of elements, of one row where it has rows.
    pub len: Dim,
    pub extent: Extent,
    /// Whether it must outlive the step: the outputs.
    pub lasting: bool,
}

impl Buffer {
    /// Its length in bytes, of one row where it has rows.
    pub fn bytes(&self) -> Dim {
        self.len.times(&Dim::new(self.element.bytes() as u64))
    }
}

/// How a step uses a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Read,
    Write,
    Update,
}

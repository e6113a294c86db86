//! Layers, which hold weights, and the blocks that they are written in.

use std::ops::Range;

use super::attribute::{Attribute, AttributeValue};

/// A layer: one set of weights, applied by one [`Node`](super::Node) or, where it is shared, by several.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Its full name, such as `basic3.conv2d1`.
    pub name: &'static str,
    /// Its kind, such as `Conv2d`; `Add`, `Subtract`, `Multiply`, `Scale` and `Concat` for what is written with operators.
    pub kind: &'static str,
    /// What it was given, in the order of the language.
    pub attributes: &'static [Attribute],
    /// Its tensors, among [`Graph::tensors`](super::Graph::tensors).
    pub tensors: Range<usize>,
    /// The block that it stands in, among [`Graph::blocks`](super::Graph::blocks); `None` for the model itself.
    pub block: Option<usize>,
}

impl Layer {
    /// The value of the attribute `name`.
    pub fn attribute(&self, name: &str) -> Option<AttributeValue> {
        let mut attributes = self.attributes.iter();
        attributes
            .find(|attribute| attribute.name == name)
            .map(|attribute| attribute.value)
    }
}

/// One use of a block.
#[derive(Clone, Copy, Debug)]
pub struct Block {
    /// Its full name, such as `stage1.basic3`.
    pub name: &'static str,
    /// The name of its definition, such as `Basic`.
    pub kind: &'static str,
    /// The block that it stands in; `None` for the model itself.
    pub parent: Option<usize>,
}

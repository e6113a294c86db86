//! A model's inputs and outputs, as the engine sees them.

use std::ops::Range;

use shapeflow_terms::Element;

use crate::graph::product;
use crate::link::{Link, OutputSpec};

/// A model's input.
#[derive(Clone, Copy, Debug)]
pub struct Port {
    /// Its name in the model.
    pub name: &'static str,
    /// Shape of one example.
    pub shape: &'static [usize],
    /// What its elements are.
    pub element: Element,
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
    /// Where the values before the link lie among the buffers kept for the whole batch, in bytes for one example.
    pub train_offset: usize,
    /// The same for inference.
    pub infer_offset: usize,
}

impl OutputPort {
    /// Elements of one example.
    pub const fn size(&self) -> usize {
        product(self.shape)
    }

    /// Where the values of `examples` examples lie among kept buffers with room for `room`, in floats, if those of one
    /// example lie at `offset` (in bytes).
    pub(super) const fn kept(&self, offset: usize, room: usize, examples: usize) -> Range<usize> {
        let start = offset / size_of::<f32>() * room;
        start..start + self.size() * examples
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

//! A tensor that belongs to a layer: what it is called, how large it is, where it lies and how it begins.

use shapeflow_terms::Element;

use crate::init::Init;

/// One tensor: a parameter, or state such as a running mean.
#[derive(Clone, Copy, Debug)]
pub struct TensorInfo {
    /// Full name, such as `basic3.conv2d1.weight`.
    pub name: &'static str,
    /// Lengths of its axes.
    pub shape: &'static [usize],
    /// The kind of its numbers.
    pub element: Element,
    /// Where it begins in the flat buffer of parameters (or of state), in floats.
    pub offset: usize,
    /// Whether training changes it by gradients; if not, it is state.
    pub trained: bool,
    /// Its initial values.
    pub init: Init,
    /// Inputs that feed one output, for the scale of the initial values.
    pub fan_in: usize,
    /// Outputs fed by one input.
    pub fan_out: usize,
}

impl TensorInfo {
    /// Number of elements.
    pub const fn len(&self) -> usize {
        product(self.shape)
    }

    /// Whether it has no elements.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The product of `shape`: the number of elements.
pub const fn product(shape: &[usize]) -> usize {
    let mut product = 1;
    let mut i = 0;
    while i < shape.len() {
        product *= shape[i];
        i += 1;
    }
    product
}

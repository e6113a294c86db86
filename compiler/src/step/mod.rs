//! What a graph becomes: steps on buffers, each one kernel call.

mod at;
mod backward;
mod draft;
mod forward;
mod gradient;

use proc_macro2::{Ident, TokenStream};

use crate::shape::Dim;
use crate::shape::typed::LayerId;

pub use at::{At, FoldedNorm, const_name, tensor_const};
pub use forward::lower;

/// The index of a buffer in [`Steps::buffers`].
pub type BufferId = usize;

/// One tensor of one layer: the layer, and the position among its parameters.
pub type TensorId = (LayerId, usize);

/// What a buffer holds, which decides where it may lie.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A row for each example.
    Rows,
    /// A row for each chunk, for a reduction over the batch.
    Partial,
    /// The result of a reduction over the batch.
    Shared,
    /// The model's input of this index.
    Input(usize),
}

/// A buffer, before it has a place.
#[derive(Clone, Debug)]
pub struct Buffer {
    /// What it holds, for the reader of the generated code.
    pub label: String,
    /// Its length, of one row where it has rows.
    pub len: Dim,
    pub kind: Kind,
    /// Whether it must outlive the step: the outputs.
    pub lasting: bool,
}

/// Where a step runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Over one chunk.
    Chunk,
    /// Between two stages, over the whole batch.
    Between,
    /// Over the whole batch and some rows of this weight.
    Weight(TensorId),
}

/// How a step uses a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Read,
    Write,
    Update,
}

/// What a name in a call stands for.
#[derive(Clone, Debug)]
pub enum What {
    Buffer(BufferId, Access),
    /// The lane's gradient of a tensor, added to.
    Gradient(TensorId),
    /// The whole batch's gradient of a tensor, added to between stages.
    WholeGradient(TensorId),
    /// A tensor of state, changed between stages.
    State(TensorId),
    /// A random key for this step, of the operation of this number.
    Key(u64),
    /// Scratch of this length (a const expression).
    Scratch(TokenStream),
}

/// A name in a call, and what it stands for.
#[derive(Clone, Debug)]
pub struct Operand {
    pub name: Ident,
    pub what: What,
}

/// One kernel call.
#[derive(Clone, Debug)]
pub struct Step {
    pub place: Place,
    /// What it does, for the reader: `conv2d1, relu1: [32, 32, 3] -> [30, 30, 32]`.
    pub comment: String,
    pub operands: Vec<Operand>,
    pub call: Call,
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum Call {
    /// A statement that uses the operands' names.
    Kernel(TokenStream),
    /// The loss of output `index`: the first operand is its value, the second its gradient.
    Loss(usize),
    /// Looks whether the first operand, the output of layer `index`, is finite.
    Watch(LayerId),
}

/// A const that describes an operation: `const CONV2D1: conv2d::Conv2d = ..`.
#[derive(Clone, Debug)]
pub struct Spec {
    pub name: Ident,
    pub ty: TokenStream,
    pub value: TokenStream,
}

/// A weight arranged for its kernel once in a step.
#[derive(Clone, Debug)]
pub struct Pack {
    pub name: Ident,
    /// A const expression.
    pub len: TokenStream,
    /// A statement that uses `weight` and `packed`.
    pub call: TokenStream,
    pub tensor: TensorId,
}

/// All steps of one mode, in an order in which they can run.
#[derive(Debug, Default)]
pub struct Steps {
    pub steps: Vec<Step>,
    pub buffers: Vec<Buffer>,
    pub specs: Vec<Spec>,
    pub packs: Vec<Pack>,
    /// The buffer of each output's value before its link.
    pub outputs: Vec<BufferId>,
}

impl Step {
    /// The buffers it touches, and how.
    pub fn buffers(&self) -> impl Iterator<Item = (BufferId, Access)> {
        self.operands
            .iter()
            .filter_map(|operand| match operand.what {
                What::Buffer(buffer, access) => Some((buffer, access)),
                _ => None,
            })
    }
}

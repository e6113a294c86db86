//! Steps as data: which kernel runs over which buffers, with which sizes. The words in which layers say what they do.
//!
//! Nothing here is text of any language: a target prints it. Nothing here knows layers or graphs either; a layer writes its
//! steps through [`At`], which shows it its own operation and no other.

mod at;
mod buffer;
mod call;
mod draft;
mod gradient;
mod gradients;
mod rerun;
mod sheet;
mod spec;

use crate::id::{BlockId, BufferId, LayerId, SpecId, TensorId};

pub use at::{At, Facts, FoldedNorm, Seen};
pub use buffer::{Access, Buffer, Extent};
pub(crate) use call::arguments;
pub use call::{Argument, Call, Kernel, Length};
pub use draft::Draft;
pub use gradients::Gradients;
pub use rerun::Rerun;
pub use sheet::{Held, Pack, Sheet};
pub use spec::{Field, Spec};

/// What steps are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    Train,
    Infer,
}

/// Where a step runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Site {
    /// Over one chunk.
    Chunk,
    /// Between two stages, over the whole batch.
    Between,
    /// Over the whole batch and some rows of this weight.
    Weight(TensorId),
}

/// What a name in a call stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    Buffer(BufferId, Access),
    /// The lane's gradient of a tensor, added to.
    Gradient(TensorId),
    /// The whole batch's gradient of a tensor, added to between stages.
    WholeGradient(TensorId),
    /// A tensor of state, changed between stages.
    State(TensorId),
    /// A random key for this step, of the operation of this number.
    Key(usize),
    /// Scratch of this length.
    Scratch(Length),
    /// The threads that may share the work on few examples, as a method of a description of sizes says, if they must be asked for.
    Team(Option<(SpecId, &'static str)>),
    /// The rows of the weight at hand, their gradient, and whether to add to it.
    WeightRows,
    WeightGradient,
    WeightAccumulate,
}

/// A name in a call, and what it stands for.
#[derive(Clone, Debug, PartialEq)]
pub struct Operand {
    pub name: &'static str,
    pub what: What,
}

/// Some work over some buffers.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub site: Site,
    pub operands: Vec<Operand>,
    pub work: Work,
    /// The innermost block around the layer that it belongs to.
    pub block: Option<BlockId>,
    /// Whether it is a cheap pass that a later stage had better run again than keep its result for.
    pub again: bool,
    /// What it does, for the reader: `conv2d1, relu1: [32, 32, 3] -> [30, 30, 32]`.
    pub purpose: String,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq)]
pub enum Work {
    /// Kernels, one after the other.
    Calls(Vec<Call>),
    /// The loss of output `index`: the first operand is its value, the second its gradient.
    Loss(usize),
    /// Looks whether the first operand, the output of this layer, is finite.
    Watch(LayerId),
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
    /// Parts of forward that are run again for backward, in the order of their steps.
    pub reruns: Vec<Rerun>,
}

impl Site {
    /// Whether a step that runs here can have this operand.
    pub fn can_bind(self, what: &What) -> bool {
        match what {
            What::Buffer(..) => true,
            What::Scratch(_) => self != Site::Between,
            What::Gradient(_) | What::Key(_) | What::Team(..) => self == Site::Chunk,
            What::WholeGradient(_) | What::State(_) => self == Site::Between,
            What::WeightRows | What::WeightGradient | What::WeightAccumulate => {
                matches!(self, Site::Weight(_))
            }
        }
    }
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

    /// The kernels it calls.
    pub fn calls(&self) -> &[Call] {
        match &self.work {
            Work::Calls(calls) => calls,
            Work::Loss(_) | Work::Watch(_) => &[],
        }
    }

    /// Checks that every name in a call is an operand, every operand is used, and all can be had where the step runs.
    ///
    /// # Panics
    ///
    /// If not: a mistake in a layer's file, which the compiler's own tests find since they run every layer.
    pub fn check(&self) {
        let about = &self.purpose;
        for (index, operand) in self.operands.iter().enumerate() {
            let name = operand.name;
            assert!(
                self.site.can_bind(&operand.what),
                "{about}: `{name}` ({:?}) can't be had at {:?}",
                operand.what,
                self.site
            );
            let twice = self.operands[..index]
                .iter()
                .any(|other| other.name == name);
            assert!(!twice, "{about}: two operands are called `{name}`");
        }
        let Work::Calls(calls) = &self.work else {
            return;
        };
        let names: Vec<&str> = calls.iter().flat_map(Call::names).collect();
        for name in &names {
            let known = self.operands.iter().any(|operand| operand.name == *name);
            assert!(known, "{about}: no operand is called `{name}`");
        }
        for operand in &self.operands {
            let name = operand.name;
            assert!(names.contains(&name), "{about}: no call uses `{name}`");
        }
    }
}

#[cfg(test)]
mod tests;

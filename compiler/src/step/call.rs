//! One kernel with its arguments.

use shapeflow_terms::Activation;

use crate::id::{PackId, SpecId, TensorId};
use crate::shape::{Dim, Number};

/// A function of the runtime's kernels: the module, which is named as the layer, and the function in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kernel {
    pub module: &'static str,
    pub function: &'static str,
}

impl Kernel {
    pub const fn new(module: &'static str, function: &'static str) -> Kernel {
        Kernel { module, function }
    }
}

/// A call of a kernel.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    pub kernel: Kernel,
    pub arguments: Vec<Argument>,
}

/// An argument of a call.
#[derive(Clone, Debug, PartialEq)]
pub enum Argument {
    /// An operand of the step, by its name.
    Operand(&'static str),
    /// The description of an operation's sizes.
    Spec(SpecId),
    /// The values of a trained tensor.
    Parameter(TensorId),
    /// The values of a tensor of state, as they stand.
    State(TensorId),
    /// A packed weight.
    Packed(PackId),
    /// A size.
    Size(Dim),
    /// The examples at hand: those of the chunk, or of the batch.
    Examples,
    /// So many rows for each example at hand.
    Rows(Dim),
    /// The number of elements before the chunk, of so many for each example.
    Before(Dim),
    /// The examples in each chunk of the batch.
    ChunkExamples,
    Number(Number),
    Flag(bool),
    Activation(Activation<Number>),
    /// One of several ways, a variant of a type in the kernel's module.
    Way(&'static str, &'static str),
    /// Something that may be left out.
    Optional(Option<Box<Argument>>),
}

/// A number of floats, for scratch and packed weights.
#[derive(Clone, Debug, PartialEq)]
pub enum Length {
    Dim(Dim),
    /// What a description of sizes says, by the name of its method.
    OfSpec(SpecId, &'static str),
}

impl Argument {
    /// The operand in it.
    fn name(&self) -> Option<&'static str> {
        match self {
            Argument::Operand(name) => Some(name),
            Argument::Optional(Some(inner)) => inner.name(),
            _ => None,
        }
    }

    /// The packed weight in it.
    fn pack(&self) -> Option<PackId> {
        match self {
            Argument::Packed(pack) => Some(*pack),
            Argument::Optional(Some(inner)) => inner.pack(),
            _ => None,
        }
    }

    /// What may be left out.
    pub fn optional(argument: Option<Argument>) -> Argument {
        Argument::Optional(argument.map(Box::new))
    }
}

impl Call {
    /// The names of operands in it.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.arguments.iter().filter_map(Argument::name)
    }

    /// The packed weights in it.
    pub fn packs(&self) -> impl Iterator<Item = PackId> {
        self.arguments.iter().filter_map(Argument::pack)
    }
}

/// `arguments![spec, "x", at.parameter(0)]`: words are names of operands.
macro_rules! arguments {
    ($($argument:expr),* $(,)?) => {
        vec![$($crate::step::Argument::from($argument)),*]
    };
}
pub(crate) use arguments;

impl From<&'static str> for Argument {
    fn from(name: &'static str) -> Self {
        Argument::Operand(name)
    }
}

impl From<SpecId> for Argument {
    fn from(spec: SpecId) -> Self {
        Argument::Spec(spec)
    }
}

impl From<bool> for Argument {
    fn from(flag: bool) -> Self {
        Argument::Flag(flag)
    }
}

impl From<Dim> for Argument {
    fn from(size: Dim) -> Self {
        Argument::Size(size)
    }
}

impl From<&Dim> for Argument {
    fn from(size: &Dim) -> Self {
        Argument::Size(size.clone())
    }
}

impl From<&Number> for Argument {
    fn from(number: &Number) -> Self {
        Argument::Number(number.clone())
    }
}

impl From<Activation<Number>> for Argument {
    fn from(activation: Activation<Number>) -> Self {
        Argument::Activation(activation)
    }
}

impl From<Option<Argument>> for Argument {
    fn from(argument: Option<Argument>) -> Self {
        Argument::optional(argument)
    }
}

//! The typed graph: what the front of the compiler hands to the back.

use proc_macro2::{Ident, Span, TokenStream};

use super::{Dim, Number, Shape};
use crate::check::Assertion;
use crate::layer::Layer;

/// The index of a value in [`TypedModel::values`].
pub type ValueId = usize;
/// The index of a layer in [`TypedModel::layers`].
pub type LayerId = usize;

/// One struct of a `model!`, with every shape worked out.
#[derive(Debug)]
pub struct TypedModel {
    pub name: Ident,
    pub vis: TokenStream,
    pub attrs: Vec<TokenStream>,
    pub inputs: Vec<TypedInput>,
    pub outputs: Vec<TypedOutput>,
    /// One per set of weights: a layer used twice stands here once.
    pub layers: Vec<LayerInstance>,
    /// In topological order; `+ - *` and `Concat` are layers too.
    pub nodes: Vec<Node>,
    pub values: Vec<Value>,
    pub assertions: Vec<Assertion>,
    /// The consts from outside the block: as users write them, and their tokens.
    pub outer: Vec<(String, TokenStream)>,
    /// The consts written in the `model!`, to be emitted again (once for all its structs).
    pub consts: Vec<ConstItem>,
    /// Errors were reported: emit signatures only.
    pub broken: bool,
}

#[derive(Clone, Debug)]
pub struct TypedInput {
    pub name: Ident,
    pub value: ValueId,
}

#[derive(Clone, Debug)]
pub struct TypedOutput {
    /// None for a single output without a name.
    pub name: Option<Ident>,
    /// The value before the link.
    pub value: ValueId,
    pub link: Link,
    /// The declared shape.
    pub shape: Shape,
}

/// What predictions pass through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    Plain,
    Softmax,
    LogSoftmax,
    Sigmoid,
}

#[derive(Debug)]
pub struct LayerInstance {
    /// With the names of the blocks around it: `basic3.conv2d1`.
    pub name: String,
    pub layer: Box<dyn Layer>,
    pub span: Span,
    pub parameters: Vec<Parameter>,
    /// As the user wrote it: `Conv2d(32, 3x3)`.
    pub written: String,
}

#[derive(Clone, Debug)]
pub struct Node {
    pub layer: LayerId,
    pub inputs: Vec<ValueId>,
    pub output: ValueId,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Value {
    pub shape: Shape,
}

/// A `const` of the `model!`, as written.
#[derive(Clone, Debug)]
pub struct ConstItem {
    /// The whole item: `#[doc] pub const NAME: usize = 65;`.
    pub tokens: TokenStream,
}

/// A tensor of a layer: trained, or state such as running statistics.
#[derive(Clone, Debug)]
pub struct Parameter {
    pub name: &'static str,
    pub shape: Vec<Dim>,
    pub init: Init,
    pub trained: bool,
}

/// How a tensor starts.
#[derive(Clone, Debug)]
pub struct Init {
    pub rule: Rule,
    pub fan_in: Dim,
    pub fan_out: Dim,
}

/// The distribution of initial weights.
#[derive(Clone, Debug)]
pub enum Rule {
    Zeros,
    Ones,
    Constant(Number),
    /// Between the two bounds.
    Uniform(Number, Number),
    /// Mean 0, this standard deviation.
    Normal(Number),
    GlorotUniform,
    GlorotNormal,
    HeUniform,
    HeNormal,
    LecunUniform,
    LecunNormal,
}

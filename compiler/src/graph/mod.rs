//! What a model is, whatever it is to run on: values with shape and element type, layers with attributes and tensors, what
//! feeds what, and the blocks around it. The middle of the compiler: the front ends here, all targets begin here.

mod print;

use proc_macro2::{Ident, Span, TokenStream};
use shapeflow_terms::{Element, Link};

use crate::check::Assertion;
use crate::diagnostic::Place;
use crate::id::{BlockId, LayerId, RecomputeId, TensorId, ValueId};
use crate::layer::Layer;
use crate::shape::Shape;
use crate::tensor::Tensor;
use crate::words::Words;

/// One struct of a `model!`, with every shape worked out.
#[derive(Debug)]
pub struct Graph {
    /// The struct as it was declared.
    pub declared: Declared,
    pub inputs: Vec<Input>,
    pub outputs: Vec<Output>,
    /// One per set of weights: a layer used twice stands here once.
    pub layers: Vec<LayerInstance>,
    /// In topological order; `+ - *` and `Concat` are layers too.
    pub nodes: Vec<Node>,
    pub values: Vec<Value>,
    /// The blocks that were used, each after the one around it.
    pub blocks: Vec<Block>,
    /// The uses of blocks whose forward is run again for their backward, each after the one around it.
    pub recomputed: Vec<Recomputed>,
    /// What only rustc can check.
    pub assertions: Vec<Assertion>,
    /// The consts from outside the block: as users write them, and their tokens.
    pub outer: Vec<(String, TokenStream)>,
    /// Errors were reported: only signatures can be made of it.
    pub broken: bool,
}

/// A struct as its author declared it.
#[derive(Clone, Debug)]
pub struct Declared {
    pub name: Ident,
    pub vis: TokenStream,
    pub attrs: Vec<TokenStream>,
    /// The consts written in the `model!`, whole: `#[doc] pub const NAME: usize = 65;`. They belong to all its structs.
    pub consts: Vec<TokenStream>,
}

/// An input of the model.
#[derive(Clone, Debug)]
pub struct Input {
    pub name: Ident,
    pub value: ValueId,
}

/// An output of the model.
#[derive(Clone, Debug)]
pub struct Output {
    /// None for a single output without a name.
    pub name: Option<Ident>,
    /// The value before the link.
    pub value: ValueId,
    /// What predictions pass through.
    pub link: Link,
    /// The declared shape.
    pub shape: Shape,
}

/// A layer with its weights.
#[derive(Debug)]
pub struct LayerInstance {
    /// With the names of the blocks around it: `basic3.conv2d1`.
    pub name: String,
    pub layer: Box<dyn Layer>,
    pub span: Span,
    pub tensors: Vec<Tensor>,
    /// As the user wrote it: `Conv2d(32, 3x3)`.
    pub written: String,
}

/// One application of a layer.
#[derive(Clone, Debug)]
pub struct Node {
    pub layer: LayerId,
    pub inputs: Vec<ValueId>,
    pub output: ValueId,
    /// The innermost block around it.
    pub block: Option<BlockId>,
    /// The innermost use of a block around it that is recomputed.
    pub recomputed: Option<RecomputeId>,
    pub span: Span,
}

/// What flows: one example's worth.
#[derive(Clone, Debug)]
pub struct Value {
    pub shape: Shape,
    pub element: Element,
}

/// One use of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// With the names of the blocks around it: `stage1.basic3`.
    pub name: String,
    /// The name of its definition: `Basic`.
    pub kind: String,
    /// The block around it.
    pub parent: Option<BlockId>,
}

/// One use of a block, of whose values training keeps the inputs only: they are computed again just before backward needs
/// them (Chen et al. 2016). A block that is bound by `let` and applied twice is used twice.
#[derive(Clone, Debug)]
pub struct Recomputed {
    /// With the names of the blocks around it: `stage1.basic3`.
    pub name: String,
    /// As it is written: `Basic(recompute)`.
    pub written: String,
    /// The name of the block's definition: `Basic`.
    pub kind: String,
    /// The one around it.
    pub around: Option<RecomputeId>,
    /// Where it is written, with the blocks and copies around it.
    pub place: Place,
    pub notes: Vec<Words>,
}

impl Graph {
    /// A use of a block that is recomputed and those around it, innermost first.
    pub fn recomputed_around(
        &self,
        innermost: Option<RecomputeId>,
    ) -> impl Iterator<Item = RecomputeId> {
        std::iter::successors(innermost, |&one| self.recomputed[one].around)
    }

    /// The name of the struct.
    pub fn name(&self) -> &Ident {
        &self.declared.name
    }

    /// The layer that a node applies.
    pub fn layer(&self, node: &Node) -> &LayerInstance {
        &self.layers[node.layer]
    }

    /// The shapes that a node reads.
    pub fn input_shapes(&self, node: &Node) -> Vec<Shape> {
        let shape = |value: &ValueId| self.values[*value].shape.clone();
        node.inputs.iter().map(shape).collect()
    }

    /// For each layer, the first node that applies it.
    pub fn first_uses(&self) -> Vec<Option<&Node>> {
        let mut uses = vec![None; self.layers.len()];
        for node in &self.nodes {
            uses[node.layer].get_or_insert(node);
        }
        uses
    }

    /// A tensor and the layer that it belongs to.
    pub fn tensor(&self, (layer, index): TensorId) -> (&LayerInstance, &Tensor) {
        let layer = &self.layers[layer];
        (layer, &layer.tensors[index])
    }
}

impl Output {
    /// Its name, or `output`.
    pub fn label(&self) -> String {
        self.name
            .as_ref()
            .map_or_else(|| "output".to_owned(), ToString::to_string)
    }
}

impl LayerInstance {
    /// Whether anything in it is trained.
    pub fn is_trained(&self) -> bool {
        self.tensors.iter().any(|tensor| tensor.trained)
    }
}

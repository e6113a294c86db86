//! The graph while it grows: values, layers and nodes in the order of the source.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, TokenStream};
use shapeflow_terms::Element;

use crate::check::{Assertion, Condition, Origin};
use crate::diagnostic::{Diagnostic, Place};
use crate::graph::{Block, Recomputed};
use crate::graph::{LayerInstance, Node, Value};
use crate::id::BlockId;
use crate::id::{LayerId, ValueId};
use crate::layer::Layer;
use crate::shape::Shape;

#[derive(Debug, Default)]
pub struct Growing {
    pub values: Vec<Value>,
    /// What each value came from, in the user's words.
    origins: Vec<(String, usize)>,
    pub layers: Vec<LayerInstance>,
    /// The layers by name.
    names: BTreeMap<String, LayerId>,
    /// The uses of blocks, each after the one around it.
    pub blocks: Vec<Block>,
    /// Those that are recomputed, each after the one around it.
    pub recomputed: Vec<Recomputed>,
    /// The layers that give the shape they take.
    pub keepers: BTreeSet<LayerId>,
    pub nodes: Vec<Node>,
    /// The node of each value that isn't an input.
    producers: BTreeMap<ValueId, usize>,
    pub assertions: Vec<Assertion>,
    /// The consts from outside the block, as written.
    pub outer: BTreeMap<String, TokenStream>,
    /// What came out of a stage with an error, and what follows from it.
    pub guessed: BTreeSet<ValueId>,
    /// The names of layers and block instances as their methods begin with them, with the full name
    /// and the line where it stands.
    taken: BTreeMap<String, (String, usize)>,
}

/// How the methods of a layer begin: those of `head.conv2d1` are `head_conv2d1_weight` and so on.
fn stem(full: &str) -> String {
    full.replace('.', "_")
}

impl Growing {
    pub fn input(&mut self, name: &Ident, shape: Shape) -> ValueId {
        self.value(shape, name.into(), name.to_string())
    }

    /// Takes a full name.
    pub fn take(&mut self, full: String, line: usize) {
        self.taken.insert(stem(&full), (full, line));
    }

    /// Who has this name, or one with the same methods, and on which line.
    pub fn taken(&self, full: &str) -> Option<&(String, usize)> {
        self.taken.get(&stem(full))
    }

    /// Leaves a check to rustc.
    pub fn assert(&mut self, condition: Condition, diagnostic: &Diagnostic) {
        self.assertions.push(Assertion::new(condition, diagnostic));
    }

    /// A value of which nothing is known, after an error.
    pub fn unknown(&mut self, place: Place) -> ValueId {
        self.value(Shape::anything(), place, "?".to_owned())
    }

    pub fn value(&mut self, shape: Shape, place: Place, written: String) -> ValueId {
        self.values.push(Value {
            shape,
            element: Element::F32,
        });
        self.origins.push((shorten(&written), place.line()));
        self.values.len() - 1
    }

    pub fn shape(&self, value: ValueId) -> &Shape {
        &self.values[value].shape
    }

    /// Goes on with the shape that was declared.
    pub fn set_shape(&mut self, value: ValueId, shape: Shape) {
        self.values[value].shape = shape;
    }

    pub fn origin(&self, value: ValueId) -> Origin {
        let (written, line) = self.origins[value].clone();
        let node = self.producers.get(&value).map(|node| &self.nodes[*node]);
        let from = match node.map(|node| node.inputs.as_slice()) {
            Some([input]) => Some(self.values[*input].shape.clone()),
            _ => None,
        };
        Origin {
            written,
            line,
            shape: self.values[value].shape.clone(),
            from,
        }
    }

    /// For the outside, a block's output comes from the block.
    pub fn set_origin(&mut self, value: ValueId, written: &str, line: usize) {
        self.origins[value] = (shorten(written), line);
    }

    pub fn layer_named(&self, name: &str) -> Option<LayerId> {
        self.names.get(name).copied()
    }

    pub fn layer(&mut self, layer: LayerInstance) -> LayerId {
        let id = self.layers.len();
        self.names.entry(layer.name.clone()).or_insert(id);
        self.layers.push(layer);
        id
    }

    /// One use of a block; a block that is applied twice is one.
    pub fn block(&mut self, block: Block) -> BlockId {
        let known = self.blocks.iter().position(|known| *known == block);
        known.unwrap_or_else(|| {
            self.blocks.push(block);
            self.blocks.len() - 1
        })
    }

    pub fn node(&mut self, node: Node) {
        self.producers.insert(node.output, self.nodes.len());
        self.nodes.push(node);
    }

    /// The layer that gave a value its shape: of a `Dense` before a `Softmax`, the `Dense`.
    pub fn maker(&self, value: ValueId) -> Option<&dyn Layer> {
        let mut value = value;
        loop {
            let node = &self.nodes[*self.producers.get(&value)?];
            match node.inputs.as_slice() {
                [input] if self.keepers.contains(&node.layer) => value = *input,
                _ => return Some(&*self.layers[node.layer].layer),
            }
        }
    }

    /// The layer that made a value; none for inputs and after errors.
    pub fn producer(&self, value: ValueId) -> Option<&LayerInstance> {
        let node = self.producers.get(&value)?;
        self.layers.get(self.nodes.get(*node)?.layer)
    }
}

/// Long expressions are told by their beginning.
fn shorten(written: &str) -> String {
    const LONGEST: usize = 48;
    if written.chars().count() <= LONGEST {
        return written.to_owned();
    }
    let start: String = written.chars().take(LONGEST - 3).collect();
    format!("{}...", start.trim_end())
}

//! Graph to graph: views and what only training needs dropped; normalisations, sums and activations taken into the layer
//! before them.

use shapeflow_terms::Activation;

use crate::graph::Graph;
use crate::id::{BlockId, LayerId, RecomputeId, ValueId};
use crate::layer::{Layer, Role};
use crate::shape::{Comparison, Number};
use crate::step::Mode;

/// One operation that will become steps: a layer, and what its last pass does besides.
#[derive(Clone, Debug)]
pub struct FusedNode {
    pub layer: LayerId,
    /// Its name, with a number behind it from the second use of a shared layer on.
    pub name: String,
    /// The values whose numbers it reads.
    pub inputs: Vec<ValueId>,
    /// The same values under the shapes in which it reads them: views of `inputs`.
    pub seen: Vec<ValueId>,
    pub output: ValueId,
    /// The normalisation that is folded into its weights.
    pub norm: Option<LayerId>,
    /// The value that is added to its result, before the activation.
    pub residual: Option<ValueId>,
    /// The activation in its last pass.
    pub activation: Option<Activation<Number>>,
    /// The layers whose results it produces; the last one is what its output is.
    pub covers: Vec<LayerId>,
    /// The innermost block around it.
    pub block: Option<BlockId>,
    /// The innermost use of a block around it that is recomputed; none in inference.
    pub recomputed: Option<RecomputeId>,
}

impl FusedNode {
    /// All values that it reads.
    pub fn reads(&self) -> impl Iterator<Item = ValueId> {
        self.inputs.iter().copied().chain(self.residual)
    }
}

/// The graph of one mode.
#[derive(Debug)]
pub struct FusedGraph {
    pub mode: Mode,
    /// In topological order.
    pub nodes: Vec<FusedNode>,
    /// For each value, the one that holds its numbers: a view holds those of what it views.
    pub root: Vec<ValueId>,
}

impl FusedGraph {
    /// The same with all values kept: nothing is recomputed.
    #[must_use]
    pub fn keeping_all(mut self) -> Self {
        self.nodes
            .iter_mut()
            .for_each(|node| node.recomputed = None);
        self
    }

    /// The values whose numbers are the model's outputs.
    pub fn outputs(&self, graph: &Graph) -> impl Iterator<Item = ValueId> {
        graph.outputs.iter().map(|output| self.root[output.value])
    }
}

/// Fuses a graph for `mode`.
pub fn fuse(graph: &Graph, mode: Mode) -> FusedGraph {
    let mut root: Vec<ValueId> = (0..graph.values.len()).collect();
    let mut nodes: Vec<FusedNode> = Vec::new();
    let mut uses = vec![0usize; graph.layers.len()];
    for node in &graph.nodes {
        let instance = graph.layer(node);
        let dropped = match instance.layer.role() {
            Role::View => true,
            Role::TrainingOnly => mode == Mode::Infer,
            _ => false,
        };
        if dropped {
            root[node.output] = root[node.inputs[0]];
            continue;
        }
        uses[node.layer] += 1;
        let name = match uses[node.layer] {
            1 => instance.name.clone(),
            time => format!("{}#{time}", instance.name),
        };
        nodes.push(FusedNode {
            layer: node.layer,
            name,
            inputs: node.inputs.iter().map(|&value| root[value]).collect(),
            seen: node.inputs.clone(),
            output: node.output,
            norm: None,
            residual: None,
            activation: None,
            covers: vec![node.layer],
            block: node.block,
            recomputed: node.recomputed.filter(|_| mode == Mode::Train),
        });
    }
    let mut fusion = Fusion::new(graph, mode, &root, &nodes);
    for node in nodes {
        fusion.take(node);
    }
    let nodes = fusion.nodes;
    FusedGraph { mode, nodes, root }
}

/// Nodes are taken in order; each goes into the one before it where that can do its work in its last pass and nobody else
/// reads what lies between them.
struct Fusion<'g> {
    graph: &'g Graph,
    mode: Mode,
    /// How often each value is read.
    users: Vec<usize>,
    /// The node that makes each value.
    producer: Vec<Option<usize>>,
    nodes: Vec<FusedNode>,
}

impl<'g> Fusion<'g> {
    fn new(graph: &'g Graph, mode: Mode, root: &[ValueId], nodes: &[FusedNode]) -> Self {
        let mut users = vec![0usize; graph.values.len()];
        for value in nodes.iter().flat_map(FusedNode::reads) {
            users[value] += 1;
        }
        for output in &graph.outputs {
            users[root[output.value]] += 1;
        }
        Fusion {
            graph,
            mode,
            users,
            producer: vec![None; graph.values.len()],
            nodes: Vec::with_capacity(nodes.len()),
        }
    }

    fn layer(&self, node: &FusedNode) -> &'g dyn Layer {
        self.graph.layers[node.layer].layer.as_ref()
    }

    fn take(&mut self, node: FusedNode) {
        let taker = match self.layer(&node).role() {
            Role::Norm(_) => self.norm(&node),
            Role::Sum => self.residual(&node),
            Role::Activation(activation) => self.activation(&node, activation),
            Role::Work | Role::View | Role::TrainingOnly => None,
        };
        if let Some(taker) = taker {
            self.nodes[taker].covers.push(node.layer);
            self.nodes[taker].output = node.output;
            self.producer[node.output] = Some(taker);
        } else {
            self.producer[node.output] = Some(self.nodes.len());
            self.nodes.push(node);
        }
    }

    /// The node that makes a value which nobody else reads, as long as it ends in its own layer.
    fn sole_producer(&self, value: ValueId) -> Option<usize> {
        let before = self.producer[value].filter(|_| self.users[value] == 1)?;
        self.nodes[before].activation.is_none().then_some(before)
    }

    /// Folds a normalisation whose statistics are fixed into the weights of the layer before it.
    fn norm(&mut self, node: &FusedNode) -> Option<usize> {
        if self.mode == Mode::Train {
            return None;
        }
        let before = self.sole_producer(node.inputs[0])?;
        let taker = &self.nodes[before];
        // Seen under another shape, the channels would be others.
        let same = node.seen[0] == taker.output;
        let takes = self.layer(taker).takes().norm;
        if !same || taker.norm.is_some() || taker.residual.is_some() || !takes {
            return None;
        }
        self.nodes[before].norm = Some(node.layer);
        Some(before)
    }

    /// Adds the other operand of a sum in the last pass of the node that makes the one, if the other is there by then.
    fn residual(&mut self, node: &FusedNode) -> Option<usize> {
        let [a, b] = [node.inputs[0], node.inputs[1]];
        let shape = |value: ValueId| &self.graph.values[value].shape;
        if a == b || shape(node.seen[0]).equals(shape(node.seen[1])) != Comparison::Holds {
            return None;
        }
        let (before, residual) = [(a, b), (b, a)].into_iter().find_map(|(made, other)| {
            let before = self.sole_producer(made)?;
            let taker = &self.nodes[before];
            let there = self.producer[other].is_none_or(|producer| producer < before);
            let takes = self.layer(taker).takes().residual.contains(&self.mode);
            (there && takes && taker.residual.is_none()).then_some((before, other))
        })?;
        self.nodes[before].residual = Some(residual);
        Some(before)
    }

    /// Applies an activation in the last pass of the node before it, in training only if the derivative can be had from
    /// the activation's output.
    fn activation(&mut self, node: &FusedNode, activation: Activation<Number>) -> Option<usize> {
        if self.mode == Mode::Train && !activation.saves_output() {
            return None;
        }
        let before = self.sole_producer(node.inputs[0])?;
        if !self.layer(&self.nodes[before]).takes().activation {
            return None;
        }
        self.nodes[before].activation = Some(activation);
        Some(before)
    }
}

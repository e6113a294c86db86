//! The graph: values, and the nodes that make them from each other.

use shapeflow_terms::{Element, Link};

use super::layer::{Block, Layer};
use super::tensor::{TensorInfo, product};

/// A model as a graph of layers and values.
///
/// Everything is numbered by its place in its table: a node names its layer and its values by number.
#[derive(Clone, Copy, Debug)]
pub struct Graph {
    /// The model's name.
    pub name: &'static str,
    /// Its inputs.
    pub inputs: &'static [Input],
    /// Its outputs.
    pub outputs: &'static [Output],
    /// Everything that flows: the inputs and what the nodes make.
    pub values: &'static [Value],
    /// The layers, in the order in which the model names them.
    pub layers: &'static [Layer],
    /// The uses of layers, each after all that it reads.
    pub nodes: &'static [Node],
    /// The uses of blocks, each after the one that it stands in.
    pub blocks: &'static [Block],
    /// The tensors of all layers, in order.
    pub tensors: &'static [TensorInfo],
}

/// An input of a model.
#[derive(Clone, Copy, Debug)]
pub struct Input {
    /// Its name in the model.
    pub name: &'static str,
    /// The value that it is.
    pub value: usize,
}

/// An output of a model.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    /// Its name; `output` where the model gives none.
    pub name: &'static str,
    /// Its value, before the link.
    pub value: usize,
    /// The function that predictions pass through.
    pub link: Link,
}

/// A tensor that flows through the model.
#[derive(Clone, Copy, Debug)]
pub struct Value {
    /// Lengths of its axes for one example, without the batch axis.
    pub shape: &'static [usize],
    /// The kind of its numbers.
    pub element: Element,
}

impl Value {
    /// Elements of one example.
    pub const fn len(&self) -> usize {
        product(self.shape)
    }

    /// Whether it has no elements.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// One use of a layer.
#[derive(Clone, Copy, Debug)]
pub struct Node {
    /// Whose weights it applies.
    pub layer: usize,
    /// The values that it reads, in the layer's order; one may stand here twice.
    pub inputs: &'static [usize],
    /// The values that it makes.
    pub outputs: &'static [usize],
    /// Floating-point operations of forward, one example; a multiply-add is two.
    pub flops: u64,
}

impl Graph {
    /// The graph of a model of which nothing is known but its name.
    pub const fn empty(name: &'static str) -> Self {
        Graph {
            name,
            inputs: &[],
            outputs: &[],
            values: &[],
            layers: &[],
            nodes: &[],
            blocks: &[],
            tensors: &[],
        }
    }

    /// The layer that `node` applies.
    pub const fn layer(&self, node: &Node) -> &'static Layer {
        &self.layers[node.layer]
    }

    /// The number of the node that makes `value`; `None` for an input.
    pub fn producer(&self, value: usize) -> Option<usize> {
        self.nodes
            .iter()
            .position(|node| node.outputs.contains(&value))
    }

    /// The numbers of the nodes that read `value`, each once.
    pub fn readers(&self, value: usize) -> impl Iterator<Item = usize> {
        let nodes = self.nodes.iter().enumerate();
        nodes
            .filter(move |(_, node)| node.inputs.contains(&value))
            .map(|(number, _)| number)
    }

    /// The numbers of the nodes that apply the layer number `layer`: several where its weights are shared.
    pub fn uses(&self, layer: usize) -> impl Iterator<Item = usize> {
        let nodes = self.nodes.iter().enumerate();
        nodes
            .filter(move |(_, node)| node.layer == layer)
            .map(|(number, _)| number)
    }

    /// The tensors of `layer`, one of this graph's layers.
    pub fn tensors_of(&self, layer: &Layer) -> &'static [TensorInfo] {
        &self.tensors[layer.tensors.clone()]
    }

    /// Number of trained parameters of `layer`, one of this graph's layers.
    pub fn parameters_of(&self, layer: &Layer) -> usize {
        elements(self.tensors_of(layer), true)
    }

    /// Number of trained parameters.
    pub const fn parameters(&self) -> usize {
        elements(self.tensors, true)
    }

    /// Number of elements of state, such as running means.
    pub const fn state(&self) -> usize {
        elements(self.tensors, false)
    }

    /// Floating-point operations of forward, one example; a multiply-add is two.
    pub const fn flops(&self) -> u64 {
        let (mut flops, mut i) = (0, 0);
        while i < self.nodes.len() {
            flops += self.nodes[i].flops;
            i += 1;
        }
        flops
    }
}

/// Elements of those of `tensors` that are trained, or of those that aren't.
const fn elements(tensors: &[TensorInfo], trained: bool) -> usize {
    let (mut count, mut i) = (0, 0);
    while i < tensors.len() {
        if tensors[i].trained == trained {
            count += tensors[i].len();
        }
        i += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::super::samples::RESIDUAL;
    use super::*;

    #[test]
    fn the_producer_of_an_input_is_nobody() {
        assert_eq!(RESIDUAL.producer(0), None);
        assert_eq!(RESIDUAL.producer(3), Some(2));
    }

    #[test]
    fn a_value_read_twice_by_a_node_has_one_reader() {
        assert!(RESIDUAL.readers(1).eq([1, 3]));
        assert!(RESIDUAL.readers(5).eq([5]), "{:?}", RESIDUAL.nodes[5]);
        assert_eq!(RESIDUAL.readers(7).count(), 0);
    }

    #[test]
    fn a_shared_layer_has_several_uses() {
        assert!(RESIDUAL.uses(0).eq([0, 2]));
        assert!(RESIDUAL.uses(1).eq([1]));
        assert_eq!(RESIDUAL.layer(&RESIDUAL.nodes[2]).name, "dense1");
    }

    #[test]
    fn parameters_are_the_elements_of_trained_tensors() {
        let [dense, .., norm] = RESIDUAL.layers else {
            panic!("layers")
        };
        assert_eq!(RESIDUAL.parameters_of(dense), 4 * 4 + 4);
        assert_eq!(RESIDUAL.parameters_of(norm), 8);
        assert_eq!(RESIDUAL.tensors_of(norm).len(), 4);
        assert_eq!((RESIDUAL.parameters(), RESIDUAL.state()), (28, 8));
        assert_eq!(RESIDUAL.flops(), 96);
    }

    #[test]
    fn an_empty_graph_has_nothing_but_a_name() {
        const EMPTY: Graph = Graph::empty("Broken");
        assert_eq!(
            (EMPTY.name, EMPTY.parameters(), EMPTY.flops()),
            ("Broken", 0, 0)
        );
    }
}

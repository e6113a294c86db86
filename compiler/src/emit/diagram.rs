//! The picture of a small model in its rustdoc.

use shapeflow_diagram::network::{Layer, Network, Port, Scope};
use shapeflow_diagram::{Argument, Written, call, grouped};
use shapeflow_terms::{Element, Link};

use crate::attribute::Attribute;
use crate::graph::{Graph, Node, Value};
use crate::layer;
use crate::shape::{Comparison, Dim};

/// A model of more layers is shown as its table alone: a larger picture helps nobody beside text.
const MOST_NODES: usize = 40;

/// The picture as SVG, for a model that is small enough and right.
pub fn svg(graph: &Graph) -> Option<String> {
    let drawn = !graph.broken && graph.nodes.len() <= MOST_NODES;
    drawn.then(|| network(graph).diagram().to_svg())
}

/// The graph in words, with sizes as the user wrote them where only rustc knows the numbers.
fn network(graph: &Graph) -> Network {
    let port = |name: String, value: usize, note: String| Port { name, value, note };
    let inputs = graph.inputs.iter();
    let outputs = graph.outputs.iter();
    let scopes = graph.blocks.iter().map(|block| Scope {
        name: block.name.clone(),
        kind: block.kind.clone(),
        parent: block.parent,
    });
    Network {
        title: String::new(),
        values: graph.values.iter().map(written).collect(),
        inputs: inputs
            .map(|input| port(input.name.to_string(), input.value, String::new()))
            .collect(),
        outputs: outputs
            .map(|output| {
                let note = match output.link {
                    Link::Plain => "",
                    link => link.variant(),
                };
                port(output.label(), output.value, note.to_owned())
            })
            .collect(),
        layers: graph.nodes.iter().map(|node| drawn(graph, node)).collect(),
        scopes: scopes.collect(),
    }
}

fn drawn(graph: &Graph, node: &Node) -> Layer {
    let instance = graph.layer(node);
    let attributes = instance.layer.attributes(&graph.input_shapes(node));
    let kind = instance.layer.kind();
    let arguments = attributes.iter().map(|(name, value)| {
        let how = match layer::is_in_place(kind, name) {
            true => Written::InPlace,
            false => Written::ByName,
        };
        (*name, how, argument(value))
    });
    let arguments: Vec<(&str, Written, Argument)> = arguments.collect();
    let uses = graph.nodes.iter().filter(|other| other.layer == node.layer);
    let shared = if uses.count() > 1 { ", shared" } else { "" };
    let trained = instance.tensors.iter().filter(|tensor| tensor.trained);
    let count = trained.fold(Dim::new(0), |sum, tensor| sum.plus(&tensor.len()));
    let count = count.known().map_or_else(|| count.to_string(), grouped);
    let keeps_form = match node.inputs.as_slice() {
        [input] => {
            let (input, output) = (&graph.values[*input], &graph.values[node.output]);
            input.shape.equals(&output.shape) == Comparison::Holds
                && input.element == output.element
        }
        _ => false,
    };
    Layer {
        name: instance.name.clone(),
        call: call(kind, &arguments),
        weights: (!instance.tensors.is_empty()).then(|| format!("{count} parameters{shared}")),
        attached: keeps_form && instance.tensors.iter().all(|tensor| tensor.shape.len() < 2),
        scope: node.block,
        inputs: node.inputs.clone(),
        outputs: vec![node.output],
    }
}

/// `28×28×1`, with the kind of its numbers where that isn't `f32`.
fn written(value: &Value) -> String {
    let axes: Vec<String> = value.shape.axes().iter().map(ToString::to_string).collect();
    let shape = match axes.is_empty() {
        true => "1".to_owned(),
        false => axes.join("×"),
    };
    match value.element {
        Element::F32 => shape,
        element => format!("{shape} ({element})"),
    }
}

fn argument(value: &Attribute) -> Argument {
    match value {
        Attribute::Size(dim) => Argument::One(dim.to_string()),
        Attribute::Sizes(dims) => Argument::Sizes(dims.iter().map(ToString::to_string).collect()),
        Attribute::Integer(number) => Argument::One(number.to_string()),
        Attribute::Number(number) => Argument::One(number.to_string()),
        Attribute::Flag(flag) => Argument::Flag(*flag),
        Attribute::Word(word) => Argument::One((*word).to_owned()),
        Attribute::Init(_) => Argument::Init,
    }
}

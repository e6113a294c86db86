//! What a model computes with its tensors, as lines that can be compared: the same tensors under the same names may mean something
//! else in another model.

use crate::graph::{Attribute, AttributeValue, Graph, Node};
use crate::link::Link;

/// A line for each use of a layer, and one for each output. Two models with the same lines predict the same from the same tensors.
///
/// Left out is what is of no consequence for that: initial weights, dropout, how fast running statistics move, and names of inputs and
/// outputs.
pub(super) fn architecture(graph: &Graph) -> Vec<String> {
    let lines = graph.nodes.iter().enumerate();
    let lines = lines
        .filter(|(_, node)| !trains_only(graph, node))
        .map(|(number, node)| line(graph, number, node));
    let outputs = graph.outputs.iter().enumerate().map(|(number, output)| {
        let value = value(graph, output.value);
        match output.link {
            Link::Plain => format!("output {}: {value}", number + 1),
            link => format!("output {}: {} of {value}", number + 1, link.variant()),
        }
    });
    lines.chain(outputs).collect()
}

/// Of lines those that tell of one layer, without its name: one for each use.
pub(super) fn lines_of<'a>(lines: &'a [String], layer: &str) -> Vec<&'a str> {
    let of_layer = |line: &'a String| {
        let (name, rest) = line.split_once(": ")?;
        let number = name.strip_prefix(layer)?;
        (number.is_empty() || number.starts_with(" (use ")).then_some(rest)
    };
    lines.iter().filter_map(of_layer).collect()
}

fn line(graph: &Graph, number: usize, node: &Node) -> String {
    let layer = graph.layer(node);
    let mut attributes = layer.attributes.iter().filter_map(written).peekable();
    let attributes = match attributes.peek() {
        Some(_) => format!("({})", attributes.collect::<Vec<_>>().join(", ")),
        None => String::new(),
    };
    let inputs = node.inputs.iter().map(|&input| value(graph, input));
    format!(
        "{}: {}{attributes} of {}",
        called(graph, number),
        layer.kind,
        inputs.collect::<Vec<_>>().join(", ")
    )
}

/// The name of a use of a layer: the layer's, with a number where it isn't the first.
fn called(graph: &Graph, number: usize) -> String {
    let node = &graph.nodes[number];
    let name = graph.layer(node).name;
    let earlier = graph.uses(node.layer).take_while(|&other| other < number);
    match earlier.count() {
        0 => name.to_owned(),
        earlier => format!("{name} (use {})", earlier + 1),
    }
}

/// What a value is called: by the layer that makes it, or by the input's number.
fn value(graph: &Graph, mut value: usize) -> String {
    while let Some(number) = graph.producer(value) {
        let node = &graph.nodes[number];
        if trains_only(graph, node) {
            value = node.inputs[0];
            continue;
        }
        let name = called(graph, number);
        let place = node.outputs.iter().position(|&output| output == value);
        return match place {
            Some(place) if place > 0 => format!("{name} [{place}]"),
            _ => name,
        };
    }
    let input = graph.inputs.iter().position(|input| input.value == value);
    format!("input {}", input.map_or(0, |input| input + 1))
}

/// Whether predictions pass it unchanged.
fn trains_only(graph: &Graph, node: &Node) -> bool {
    graph.layer(node).kind == "Dropout"
}

fn written(attribute: &Attribute) -> Option<String> {
    if attribute.name == "momentum" {
        return None;
    }
    let value = match attribute.value {
        AttributeValue::Init(_) => return None,
        AttributeValue::Size(size) => size.to_string(),
        AttributeValue::Sizes(sizes) => format!("{sizes:?}"),
        AttributeValue::Integer(number) => number.to_string(),
        AttributeValue::Number(number) => format!("{number:?}"),
        AttributeValue::Flag(flag) => flag.to_string(),
        AttributeValue::Word(word) => word.to_owned(),
    };
    Some(format!("{} {value}", attribute.name))
}

/// How a file's lines differ from a model's, for a message; `None` where they don't.
pub(super) fn difference(file: &[String], model: &[String]) -> Option<Lines> {
    if file == model {
        return None;
    }
    let lacking = |these: &[String], those: &[String]| {
        let those: std::collections::HashSet<&String> = those.iter().collect();
        let lines = these.iter().filter(|line| !those.contains(line));
        lines.cloned().collect::<Vec<_>>()
    };
    let (in_file, in_model) = (lacking(file, model), lacking(model, file));
    // Layers that only come in another order compute the same.
    (!in_file.is_empty() || !in_model.is_empty()).then_some(Lines { in_file, in_model })
}

/// The lines that only a file has, and those that only a model has.
pub(super) struct Lines {
    pub(super) in_file: Vec<String>,
    pub(super) in_model: Vec<String>,
}

impl std::fmt::Display for Lines {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const SHOWN: usize = 6;
        for (whose, lines) in [("file", &self.in_file), ("model", &self.in_model)] {
            for line in lines.iter().take(SHOWN) {
                write!(f, "\n  the {whose}: {}", super::sentence(line))?;
            }
            if let Some(more) = lines.len().checked_sub(SHOWN + 1) {
                write!(f, "\n  the {whose}: ... and {} more", more + 1)?;
            }
        }
        Ok(())
    }
}

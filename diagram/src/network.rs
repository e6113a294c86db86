//! A network in words, and the diagram that is drawn of it: one set of rules for the compiler, which knows shapes as symbols, and for
//! the runtime, which knows them as numbers.

use crate::diagram::{Block, Diagram, Edge, Node, Style};

/// A network in words: values, and the layers that make them from each other.
#[derive(Clone, Debug, Default)]
pub struct Network {
    /// Stands above the drawing; may be empty.
    pub title: String,
    /// The shape of everything that flows, such as `28×28×1`.
    pub values: Vec<String>,
    /// What comes in.
    pub inputs: Vec<Port>,
    /// What goes out.
    pub outputs: Vec<Port>,
    /// The uses of layers, each after all that it reads.
    pub layers: Vec<Layer>,
    /// The uses of blocks, each after the one that it stands in.
    pub scopes: Vec<Scope>,
}

/// An input or an output.
#[derive(Clone, Debug)]
pub struct Port {
    /// Its name.
    pub name: String,
    /// Its value, among [`Network::values`].
    pub value: usize,
    /// A further line, such as an output's link; may be empty.
    pub note: String,
}

/// One use of a layer.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Its full name, such as `stage1.basic3.conv2d1`.
    pub name: String,
    /// Its kind with its arguments: what [`call`](crate::call) writes.
    pub call: String,
    /// How many parameters it has, in words; `None` for a layer without weights.
    pub weights: Option<String>,
    /// Whether it works on the output of the layer before it without changing what that is: an activation, a norm. It then may share that
    /// layer's box.
    pub attached: bool,
    /// The block that it stands in, among [`Network::scopes`].
    pub scope: Option<usize>,
    /// The values that it reads.
    pub inputs: Vec<usize>,
    /// The values that it makes.
    pub outputs: Vec<usize>,
}

/// One use of a block.
#[derive(Clone, Debug)]
pub struct Scope {
    /// Its full name, such as `stage1.basic3`.
    pub name: String,
    /// The name of its definition, such as `Basic`.
    pub kind: String,
    /// The block that it stands in.
    pub parent: Option<usize>,
}

impl Network {
    /// The diagram: a box for each input, each use of a layer and each output.
    ///
    /// # Panics
    ///
    /// If a value or a scope is named that doesn't exist.
    pub fn diagram(&self) -> Diagram {
        let mut diagram = Diagram {
            title: self.title.clone(),
            blocks: self.scopes.iter().map(|scope| self.block(scope)).collect(),
            ..Diagram::default()
        };
        // The node that makes each value, which of its outputs it is, and whether an arrow already says its shape.
        let mut makers = vec![None; self.values.len()];
        let mut told = vec![false; self.values.len()];
        for input in &self.inputs {
            makers[input.value] = Some((diagram.nodes.len(), 0));
            diagram.nodes.push(port(input, Style::Input));
        }
        for layer in &self.layers {
            let number = diagram.nodes.len();
            if let Some(scope) = layer.scope {
                diagram.blocks[scope].members.push(number);
            }
            diagram.nodes.push(self.node(layer));
            for &input in &layer.inputs {
                // What only passes a layer by, such as a residual, has its shape written where it is first read.
                let passes = layer.inputs.len() > 1
                    && layer
                        .outputs
                        .iter()
                        .all(|&output| self.values[output] == self.values[input]);
                let label = match told[input] && passes {
                    true => "",
                    false => &self.values[input],
                };
                told[input] = true;
                diagram.edges.extend(edge(makers[input], number, label));
            }
            for (output, &value) in layer.outputs.iter().enumerate() {
                makers[value] = Some((number, output));
            }
        }
        for output in &self.outputs {
            let (number, label) = (diagram.nodes.len(), &self.values[output.value]);
            diagram.nodes.push(port(output, Style::Output));
            diagram
                .edges
                .extend(edge(makers[output.value], number, label));
        }
        diagram
    }

    fn node(&self, layer: &Layer) -> Node {
        let name = layer.scope.map_or(&*layer.name, |scope| {
            local(&layer.name, &self.scopes[scope].name)
        });
        let mut node = Node::layer(name, &layer.call, layer.weights.as_deref());
        node.attached = layer.attached;
        if layer.attached && layer.weights.is_none() {
            node.style = Style::Activation;
        }
        node
    }

    fn block(&self, scope: &Scope) -> Block {
        let name = scope.parent.map_or(&*scope.name, |parent| {
            local(&scope.name, &self.scopes[parent].name)
        });
        // `basic3` is a `Basic` for everyone to see.
        let word = name
            .trim_end_matches(|letter: char| letter.is_ascii_digit())
            .replace('_', "");
        Block {
            label: match word.eq_ignore_ascii_case(&scope.kind) {
                true => name.to_owned(),
                false => format!("{name}: {}", scope.kind),
            },
            parent: scope.parent,
            members: Vec::new(),
        }
    }
}

/// `name` without the name of the block that it stands in.
fn local<'a>(name: &'a str, block: &str) -> &'a str {
    let rest = name
        .strip_prefix(block)
        .and_then(|rest| rest.strip_prefix('.'));
    rest.unwrap_or(name)
}

fn port(port: &Port, style: Style) -> Node {
    let mut node = Node::new(&port.name, style);
    node.lines
        .extend((!port.note.is_empty()).then(|| port.note.clone()));
    node
}

fn edge(maker: Option<(usize, usize)>, to: usize, label: &str) -> Option<Edge> {
    let (from, output) = maker?;
    Some(Edge {
        output,
        ..Edge::new(from, to, label)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(name: &str, scope: Option<usize>, inputs: &[usize], outputs: &[usize]) -> Layer {
        Layer {
            name: name.to_owned(),
            call: name.to_owned(),
            weights: None,
            attached: false,
            scope,
            inputs: inputs.to_vec(),
            outputs: outputs.to_vec(),
        }
    }

    fn port(name: &str, value: usize) -> Port {
        Port {
            name: name.to_owned(),
            value,
            note: String::new(),
        }
    }

    fn scope(name: &str, kind: &str, parent: Option<usize>) -> Scope {
        Scope {
            name: name.to_owned(),
            kind: kind.to_owned(),
            parent,
        }
    }

    #[test]
    fn names_in_a_frame_leave_out_the_frame() {
        let mut norm = layer("stage1.res_block2.norm", Some(1), &[0], &[1]);
        norm.weights = Some("8 parameters".to_owned());
        let network = Network {
            values: vec!["4".to_owned(); 2],
            inputs: vec![port("x", 0)],
            layers: vec![norm],
            scopes: vec![
                scope("stage1", "Body", None),
                scope("stage1.res_block2", "ResBlock", Some(0)),
            ],
            ..Network::default()
        };
        let diagram = network.diagram();
        assert_eq!(diagram.nodes[1].title, "norm");
        let labels: Vec<&str> = diagram.blocks.iter().map(|block| &*block.label).collect();
        assert_eq!(labels, ["stage1: Body", "res_block2"]);
        assert_eq!(diagram.blocks[1].members, [1]);
    }

    #[test]
    fn a_shape_is_written_at_each_arrow_but_where_it_passes_by() {
        let network = Network {
            values: ["4", "4", "4", "8"].map(str::to_owned).to_vec(),
            inputs: vec![port("x", 0)],
            outputs: vec![port("y", 3)],
            layers: vec![
                layer("f", None, &[0], &[1]),
                layer("add", None, &[0, 1], &[2]),
                layer("concat", None, &[0, 2], &[3]),
            ],
            ..Network::default()
        };
        let edges = network.diagram().edges;
        let labels: Vec<_> = edges
            .iter()
            .map(|edge| (edge.from, edge.to, &*edge.label))
            .collect();
        let expected = [
            (0, 1, "4"),
            (0, 2, ""),
            (1, 2, "4"),
            (0, 3, "4"),
            (2, 3, "4"),
            (3, 4, "8"),
        ];
        assert_eq!(labels, expected);
    }

    #[test]
    fn outputs_of_one_layer_are_told_apart() {
        let network = Network {
            values: vec!["4".to_owned(); 3],
            inputs: vec![port("x", 0)],
            outputs: vec![port("a", 1), port("b", 2)],
            layers: vec![layer("split", None, &[0], &[1, 2])],
            ..Network::default()
        };
        let edges = network.diagram().edges;
        assert!(edges.iter().map(|edge| edge.output).eq([0, 0, 1]));
    }
}

//! A graph as a picture.

use shapeflow_diagram::network::{Layer, Network, Port, Scope};
use shapeflow_diagram::{Argument, Written, call, grouped};
use shapeflow_terms::{Element, Link};

use super::attribute::AttributeValue;
use super::structure::{Graph, Node, Value};

impl Graph {
    /// The graph as a standalone SVG document: a box for each layer with its arguments and parameters, arrows with the shapes that
    /// flow, frames around blocks. Activations and norms stand in the box of the layer before them.
    ///
    /// ```
    /// # use shapeflow_runtime as shapeflow;
    /// use shapeflow::graph::{
    ///     Attribute, AttributeValue, Element, Graph, Input, Layer, Node, Output, Value,
    /// };
    /// use shapeflow::link::Link;
    ///
    /// // What `model!` writes for `struct Small(x: [4]) -> [2] { x -> Dense(2) -> Softmax }`, without its tensors.
    /// static GRAPH: Graph = Graph {
    ///     name: "Small",
    ///     inputs: &[Input { name: "x", value: 0 }],
    ///     outputs: &[Output { name: "output", value: 1, link: Link::Softmax }],
    ///     values: &[Value { shape: &[4], element: Element::F32 }, Value { shape: &[2], element: Element::F32 }],
    ///     layers: &[Layer {
    ///         name: "dense1",
    ///         kind: "Dense",
    ///         attributes: &[Attribute { name: "units", in_place: true, value: AttributeValue::Size(2) }],
    ///         tensors: 0..0,
    ///         block: None,
    ///     }],
    ///     nodes: &[Node { layer: 0, inputs: &[0], outputs: &[1], flops: 18 }],
    ///     blocks: &[],
    ///     tensors: &[],
    /// };
    ///
    /// let svg = GRAPH.to_svg();
    /// assert!(svg.starts_with("<svg ") && svg.contains("Dense(2)"));
    /// // std::fs::write("small.svg", svg)?;
    /// ```
    pub fn to_svg(&self) -> String {
        self.network().diagram().to_svg()
    }

    /// The graph in Graphviz' language, for its tools: `dot -Tpdf small.dot -o small.pdf`.
    ///
    /// ```
    /// # use shapeflow_runtime as shapeflow;
    /// use shapeflow::graph::Graph;
    ///
    /// static EMPTY: Graph = Graph::empty("Small");
    /// assert!(EMPTY.to_dot().starts_with("digraph \"Small\""));
    /// ```
    pub fn to_dot(&self) -> String {
        self.network().diagram().to_dot()
    }

    fn network(&self) -> Network {
        let title = match self.parameters() {
            0 => self.name.to_owned(),
            parameters => format!("{} · {} parameters", self.name, grouped(parameters as u64)),
        };
        Network {
            title,
            values: self.values.iter().map(Value::written).collect(),
            inputs: self
                .inputs
                .iter()
                .map(|input| port(input.name, input.value, String::new()))
                .collect(),
            outputs: self
                .outputs
                .iter()
                .map(|output| port(output.name, output.value, link(output.link)))
                .collect(),
            layers: self.nodes.iter().map(|node| self.drawn(node)).collect(),
            scopes: self
                .blocks
                .iter()
                .map(|block| Scope {
                    name: block.name.to_owned(),
                    kind: block.kind.to_owned(),
                    parent: block.parent,
                })
                .collect(),
        }
    }

    fn drawn(&self, node: &Node) -> Layer {
        let layer = self.layer(node);
        let tensors = self.tensors_of(layer);
        let shared = if self.uses(node.layer).count() > 1 {
            ", shared"
        } else {
            ""
        };
        let parameters = grouped(self.parameters_of(layer) as u64);
        Layer {
            name: layer.name.to_owned(),
            call: layer.written(),
            weights: (!tensors.is_empty()).then(|| format!("{parameters} parameters{shared}")),
            attached: self.keeps_form(node) && tensors.iter().all(|tensor| tensor.shape.len() < 2),
            scope: layer.block,
            inputs: node.inputs.to_vec(),
            outputs: node.outputs.to_vec(),
        }
    }

    /// Whether `node` makes of one value another of the same shape.
    fn keeps_form(&self, node: &Node) -> bool {
        match (node.inputs, node.outputs) {
            (&[input], &[output]) => {
                let (input, output) = (&self.values[input], &self.values[output]);
                (input.shape, input.element) == (output.shape, output.element)
            }
            _ => false,
        }
    }
}

impl super::Layer {
    /// Its kind with its arguments, as people write them: `Conv2d(16, 3×3, stride = 2)`. Left out are options that have their usual value
    /// and what changes neither shapes nor the kind of arithmetic: initial weights, bias, epsilon, momentum.
    pub fn written(&self) -> String {
        let attributes = self.attributes.iter();
        let arguments = attributes.map(|attribute| {
            let how = match attribute.in_place {
                true => Written::InPlace,
                false => Written::ByName,
            };
            (attribute.name, how, argument(attribute.value))
        });
        let arguments: Vec<(&str, Written, Argument)> = arguments.collect();
        call(self.kind, &arguments)
    }
}

impl Value {
    /// Its shape as people write it: `28×28×1`; with the kind of its numbers where that isn't `f32`.
    pub fn written(&self) -> String {
        let axes: Vec<String> = self.shape.iter().map(usize::to_string).collect();
        let shape = match axes.is_empty() {
            true => "1".to_owned(),
            false => axes.join("×"),
        };
        match self.element {
            Element::F32 => shape,
            element => format!("{shape} ({element})"),
        }
    }
}

fn argument(value: AttributeValue) -> Argument {
    match value {
        AttributeValue::Size(size) => Argument::One(size.to_string()),
        AttributeValue::Sizes(sizes) => {
            Argument::Sizes(sizes.iter().map(usize::to_string).collect())
        }
        AttributeValue::Integer(number) => Argument::One(number.to_string()),
        AttributeValue::Number(number) => Argument::One(number.to_string()),
        AttributeValue::Flag(flag) => Argument::Flag(flag),
        AttributeValue::Word(word) => Argument::One(word.to_owned()),
        AttributeValue::Init(_) => Argument::Init,
    }
}

fn link(link: Link) -> String {
    match link {
        Link::Plain => String::new(),
        link => link.variant().to_owned(),
    }
}

fn port(name: &str, value: usize, note: String) -> Port {
    Port {
        name: name.to_owned(),
        value,
        note,
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::RESIDUAL;
    use super::*;

    #[test]
    fn every_use_of_a_shared_layer_is_a_box_that_says_so() {
        let svg = RESIDUAL.to_svg();
        assert_eq!(svg.matches(">dense1<").count(), 2);
        assert_eq!(svg.matches("20 parameters, shared").count(), 2);
        assert_eq!(svg.matches(">Dense(4)<").count(), 2);
        assert!(svg.contains("Residual · 28 parameters"));
    }

    #[test]
    fn layers_stand_in_their_block_and_outputs_name_their_link() {
        let diagram = RESIDUAL.network().diagram();
        let titles = diagram.blocks[0]
            .members
            .iter()
            .map(|&node| &*diagram.nodes[node].title);
        assert!(titles.eq(["Relu", "Add"]));
        assert_eq!(diagram.blocks[0].label, "inner1");
        assert_eq!(
            diagram.nodes.last().map(|node| &node.lines[..]),
            Some(&["Softmax".to_owned()][..])
        );
        // The input, six uses of layers, the output; `r` and the square are read twice.
        assert_eq!((diagram.nodes.len(), diagram.edges.len()), (8, 9));
    }

    #[test]
    fn norms_and_activations_share_the_box_before_them_but_weights_have_their_own() {
        let attached: Vec<bool> = RESIDUAL
            .nodes
            .iter()
            .map(|node| RESIDUAL.drawn(node).attached)
            .collect();
        // Dense, Relu, Dense, Add, Multiply of one value by itself, BatchNorm.
        assert_eq!(attached, [false, true, false, false, false, true]);
    }

    #[test]
    fn shapes_say_what_they_are() {
        let value = |shape, element| Value { shape, element }.written();
        assert_eq!(value(&[28, 28, 1], Element::F32), "28×28×1");
        assert_eq!(value(&[16], Element::U32), "16 (u32)");
        assert_eq!(value(&[], Element::F32), "1");
    }

    #[test]
    fn graphviz_text_has_the_block_as_a_cluster() {
        let dot = RESIDUAL.to_dot();
        assert!(
            dot.contains("subgraph cluster_0 {\n    label=\"inner1\";"),
            "{dot}"
        );
    }
}

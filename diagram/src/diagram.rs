//! What is drawn: boxes, arrows between them, and frames around them.

/// A network to be drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagram {
    /// Stands above the drawing; may be empty.
    pub title: String,
    /// The boxes, each after those that its arrows come from.
    pub nodes: Vec<Node>,
    /// The arrows.
    pub edges: Vec<Edge>,
    /// The frames.
    pub blocks: Vec<Block>,
}

/// A box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its first line, bold.
    pub title: String,
    /// What stands below.
    pub lines: Vec<String>,
    /// Its colours and its form.
    pub style: Style,
    /// Whether it may be drawn as a further line in the box before it: a layer that belongs to the one before, such as an
    /// activation. It is, where that box has no other reader and stands in the same block; its title then only stands there
    /// if it has no lines.
    pub attached: bool,
}

/// The colours and the form of a box.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    /// An input of the network.
    Input,
    /// An output of the network.
    Output,
    /// A layer with weights.
    Weights,
    /// A function of single elements.
    Activation,
    /// Any other layer.
    Plain,
}

/// An arrow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The number of the node that it leaves.
    pub from: usize,
    /// The number of the node that it reaches: larger than `from`.
    pub to: usize,
    /// Which of that node's outputs flows here: arrows of one output leave together, those of another beside them.
    pub output: usize,
    /// What flows, written at the arrow's head; may be empty.
    pub label: String,
}

/// A frame around some of the nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Stands in its upper left corner.
    pub label: String,
    /// The frame that it stands in: a smaller number than its own.
    pub parent: Option<usize>,
    /// The nodes that stand in it and in no frame within it.
    pub members: Vec<usize>,
}

impl Node {
    /// A box with a title alone.
    pub fn new(title: impl Into<String>, style: Style) -> Self {
        Node {
            title: title.into(),
            lines: Vec::new(),
            style,
            attached: false,
        }
    }

    /// A layer: `call` is its kind with its arguments, such as `Conv2d(16, 3×3)`; `weights` says how many parameters it has.
    ///
    /// The name of a layer without weights says nothing that `call` doesn't say, and is left out.
    pub fn layer(name: &str, call: &str, weights: Option<&str>) -> Self {
        match weights {
            Some(weights) => Node {
                lines: vec![call.to_owned(), weights.to_owned()],
                ..Node::new(name, Style::Weights)
            },
            None => Node::new(call, Style::Plain),
        }
    }
}

impl Edge {
    /// An arrow from a node's first output.
    pub fn new(from: usize, to: usize, label: impl Into<String>) -> Self {
        Edge {
            from,
            to,
            output: 0,
            label: label.into(),
        }
    }
}

impl Diagram {
    /// Panics where what a drawing relies on isn't so.
    pub(crate) fn check(&self) {
        for Edge { from, to, .. } in &self.edges {
            let count = self.nodes.len();
            assert!(
                from < to && *to < count,
                "edge from node {from} to node {to} of {count}"
            );
        }
        let mut framed = vec![false; self.nodes.len()];
        for (number, block) in self.blocks.iter().enumerate() {
            assert!(
                block.parent.is_none_or(|parent| parent < number),
                "the parent of block {number} comes after it"
            );
            for &member in &block.members {
                assert!(
                    member < framed.len() && !framed[member],
                    "node {member} of block {number} doesn't exist or stands in two blocks"
                );
                framed[member] = true;
            }
        }
    }
}

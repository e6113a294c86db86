//! Joins attached nodes, such as activations, to the box before them, so that pictures stay short.

use crate::diagram::{Diagram, Style};

/// A diagram as it is drawn.
pub(crate) struct Folded {
    pub title: String,
    pub boxes: Vec<Tile>,
    pub edges: Vec<Arrow>,
    pub frames: Vec<Frame>,
}

/// One box, for one node or for several in a row.
pub(crate) struct Tile {
    /// The number of the first node.
    pub node: usize,
    /// The first node's title.
    pub title: String,
    /// The first node's lines.
    pub lines: Vec<String>,
    /// A line for each node that was joined.
    pub joined: Vec<String>,
    pub style: Style,
    /// The frame that it stands in.
    pub frame: Option<usize>,
}

/// An arrow between boxes.
pub(crate) struct Arrow {
    pub from: usize,
    pub to: usize,
    pub output: usize,
    pub label: String,
}

/// A frame; one without boxes isn't drawn.
pub(crate) struct Frame {
    pub label: String,
    pub parent: Option<usize>,
}

/// The boxes of `diagram`, which is in order: every edge leads from a node to a later one.
pub(crate) fn fold(diagram: &Diagram) -> Folded {
    let count = diagram.nodes.len();
    let mut frames = vec![None; count];
    for (number, block) in diagram.blocks.iter().enumerate() {
        for &member in &block.members {
            frames[member] = Some(number);
        }
    }
    let mut readers = vec![0; count];
    let mut sources = vec![Vec::new(); count];
    for edge in &diagram.edges {
        readers[edge.from] += 1;
        sources[edge.to].push(edge.from);
    }
    let mut boxes: Vec<Tile> = Vec::new();
    let mut box_of = Vec::with_capacity(count);
    for (number, node) in diagram.nodes.iter().enumerate() {
        match sources[number][..] {
            // An input is what a box can't be joined to: it isn't part of the network.
            [before]
                if node.attached
                    && readers[before] == 1
                    && frames[before] == frames[number]
                    && diagram.nodes[before].style != Style::Input =>
            {
                let into: usize = box_of[before];
                box_of.push(into);
                boxes[into].joined.push(match node.lines.is_empty() {
                    true => node.title.clone(),
                    false => node.lines.join(" · "),
                });
            }
            _ => {
                box_of.push(boxes.len());
                boxes.push(Tile {
                    node: number,
                    title: node.title.clone(),
                    lines: node.lines.clone(),
                    joined: Vec::new(),
                    style: node.style,
                    frame: frames[number],
                });
            }
        }
    }
    let edges = diagram.edges.iter().map(|edge| Arrow {
        from: box_of[edge.from],
        to: box_of[edge.to],
        output: edge.output,
        label: edge.label.clone(),
    });
    Folded {
        title: diagram.title.clone(),
        edges: edges.filter(|edge| edge.from != edge.to).collect(),
        boxes,
        frames: diagram
            .blocks
            .iter()
            .map(|block| Frame {
                label: block.label.clone(),
                parent: block.parent,
            })
            .collect(),
    }
}

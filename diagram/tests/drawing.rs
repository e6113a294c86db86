//! What a drawing promises: nothing is missing, nothing lies on anything else, frames hold what is theirs and nothing more.

mod samples;
mod svg;

use samples::Network;
use shapeflow_diagram::{Block, Diagram, Edge, Node, Style};
use svg::{Drawing, Rect};

fn networks() -> Vec<Diagram> {
    vec![
        samples::resnet20(false),
        samples::resnet20(true),
        samples::bottlenecks(&[3, 4, 6, 3]),
        samples::unet(),
        samples::vgg16(),
        samples::two_and_two(),
        samples::inception(),
        samples::transformer(),
    ]
}

/// Networks that no one would write: any arrows, blocks of any nodes, of which some may not be joined.
fn random_networks() -> impl Iterator<Item = Diagram> {
    let mut seed = 7_u64;
    let mut random = move |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) as usize % below
    };
    (0..150).map(move |_| {
        let count = 2 + random(24);
        let mut blocks: Vec<Block> = (0..random(6))
            .map(|number| Block {
                label: format!("block{number}"),
                parent: (number > 0 && random(2) == 0).then(|| random(number)),
                members: vec![],
            })
            .collect();
        let nodes = (0..count).map(|number| {
            let block = random(2 * blocks.len() + 1);
            if let Some(block) = blocks.get_mut(block) {
                block.members.push(number);
            }
            Node {
                lines: vec!["line".repeat(random(5)); random(3)],
                attached: random(3) == 0,
                ..Node::new(format!("node{number}"), Style::Plain)
            }
        });
        let nodes = nodes.collect();
        let mut edges = Vec::new();
        for to in 1..count {
            for _ in 0..random(3) {
                edges.push(Edge::new(random(to), to, "9×".repeat(random(4))));
            }
        }
        Diagram {
            title: "Random".to_owned(),
            nodes,
            edges,
            blocks,
        }
    })
}

/// The frame of each node and of each block, and all around them.
fn around(diagram: &Diagram, mut block: Option<usize>) -> Vec<usize> {
    let mut around = Vec::new();
    while let Some(inner) = block {
        around.push(inner);
        block = diagram.blocks[inner].parent;
    }
    around
}

fn check(diagram: &Diagram) {
    let drawing = Drawing::read(&diagram.to_svg());
    let whole = Rect {
        left: 0.0,
        top: 0.0,
        right: drawing.width,
        bottom: drawing.height,
    };
    for (number, rect) in &drawing.nodes {
        assert!(rect.is_within(&whole), "node {number} leaves the picture");
        for (other, there) in &drawing.nodes {
            assert!(
                number == other || !rect.meets(there),
                "nodes {number} and {other} overlap"
            );
        }
        let block = diagram
            .blocks
            .iter()
            .position(|block| block.members.contains(number));
        let frames = around(diagram, block);
        for (frame, there) in &drawing.blocks {
            match frames.contains(frame) {
                true => assert!(rect.is_within(there), "node {number} leaves block {frame}"),
                false => assert!(!rect.meets(there), "node {number} stands in block {frame}"),
            }
        }
    }
    for (number, rect) in &drawing.blocks {
        assert!(rect.is_within(&whole), "block {number} leaves the picture");
        for (other, there) in &drawing.blocks {
            let inside = around(diagram, Some(*number)).contains(other);
            let outside = around(diagram, Some(*other)).contains(number);
            match (inside, outside) {
                (true, _) => assert!(rect.is_within(there), "block {number} leaves {other}"),
                (_, true) => {}
                _ => assert!(!rect.meets(there), "blocks {number} and {other} overlap"),
            }
        }
    }
    for arrow in &drawing.edges {
        let (from, to) = (drawing.node(arrow.from), drawing.node(arrow.to));
        let [(first_x, first_y), .., (last_x, last_y)] = arrow.points[..] else {
            panic!("an arrow of one point")
        };
        assert!((from.left..=from.right).contains(&first_x) && first_y == from.bottom);
        assert!((to.left..=to.right).contains(&last_x) && last_y == to.top);
        for line in arrow.points.windows(2) {
            let line = Rect::around(line[0], line[1]);
            for (number, rect) in &drawing.nodes {
                assert!(
                    !line.meets(rect),
                    "the arrow {} -> {} crosses {number}",
                    arrow.from,
                    arrow.to
                );
            }
        }
        if let Some(label) = &arrow.label {
            for (number, rect) in &drawing.nodes {
                assert!(
                    !label.meets(rect),
                    "a label of {} lies on {number}",
                    arrow.to
                );
            }
            for other in &drawing.edges {
                for line in other.points.windows(2) {
                    let line = Rect::around(line[0], line[1]);
                    assert!(
                        !label.meets(&line),
                        "an arrow to {} crosses a label of {}",
                        other.to,
                        arrow.to
                    );
                }
                let there = other.label.as_ref();
                assert!(
                    std::ptr::eq(arrow, other) || there.is_none_or(|there| !label.meets(there))
                );
            }
        }
    }
}

#[test]
fn nothing_lies_on_anything_else_in_real_networks() {
    networks().iter().for_each(check);
}

#[test]
fn nothing_lies_on_anything_else_in_any_network() {
    random_networks().for_each(|diagram| check(&diagram));
}

#[test]
fn every_node_every_edge_and_every_block_is_drawn() {
    for diagram in networks() {
        let drawing = Drawing::read(&diagram.to_svg());
        let own: Vec<usize> = (0..diagram.nodes.len())
            .filter(|&node| !diagram.nodes[node].attached)
            .collect();
        let drawn: Vec<usize> = drawing.nodes.iter().map(|(number, _)| *number).collect();
        assert_eq!(drawn, own);
        // An arrow to a node that was joined is no arrow any more.
        let edges = diagram
            .edges
            .iter()
            .filter(|edge| !diagram.nodes[edge.to].attached);
        let mut edges: Vec<_> = edges.map(|edge| (edge.to, edge.label.is_empty())).collect();
        let mut drawn: Vec<_> = drawing
            .edges
            .iter()
            .map(|edge| (edge.to, edge.label.is_none()))
            .collect();
        edges.sort_unstable();
        drawn.sort_unstable();
        assert_eq!(drawn, edges);
        assert_eq!(drawing.blocks.len(), diagram.blocks.len());
        let svg = diagram.to_svg();
        for node in &diagram.nodes {
            // A layer that shares a box leaves its name out where it has more to say.
            let untitled = node.attached && !node.lines.is_empty();
            let texts = node.lines.iter().chain((!untitled).then_some(&node.title));
            for text in texts {
                assert!(svg.contains(text), "{text}");
            }
        }
    }
}

#[test]
fn a_chain_is_a_straight_column() {
    let drawing = Drawing::read(&samples::vgg16().to_svg());
    let middle = |rect: &Rect| (rect.left + rect.right) / 2.0;
    let first = middle(&drawing.nodes[0].1);
    for pair in drawing.nodes.windows(2) {
        assert_eq!(middle(&pair[1].1), first);
        assert!(pair[0].1.bottom < pair[1].1.top);
    }
    assert!(drawing.edges.iter().all(|edge| edge.points.len() == 2));
}

#[test]
fn a_residual_network_has_one_straight_column_with_its_skips_beside_it() {
    let drawing = Drawing::read(&samples::resnet20(true).to_svg());
    let column = (drawing.nodes[0].1.left + drawing.nodes[0].1.right) / 2.0;
    let inside = drawing
        .nodes
        .iter()
        .filter(|(_, rect)| (rect.left + rect.right) / 2.0 == column);
    // All but the two convolutions in shortcuts.
    assert_eq!(inside.count(), drawing.nodes.len() - 2);
    let skips = drawing.edges.iter().filter(|edge| edge.points.len() > 2);
    for skip in skips {
        assert!(skip.points.iter().all(|point| point.0 >= column));
    }
}

#[test]
fn an_activation_is_a_line_of_the_box_before_it_unless_someone_else_reads_that() {
    let mut net = Network::new("Net");
    let x = net.input("x", "4");
    let x = net.attached("Relu", &x);
    let dense = net.weights("dense1", "Dense(4)", "20", &x, "4");
    let one = net.attached("Tanh", &dense);
    let sum = net.plain("Add", &[&one, &dense], "4");
    let outside = net.block("block1", |net| net.attached("Gelu", &sum));
    let last = net.attached("Sigmoid", &outside);
    net.output("output", &last);
    let drawing = Drawing::read(&net.diagram.to_svg());
    // x, Relu (after an input), dense1, Tanh (another reads dense1), Add, Gelu (in a block), Sigmoid (out of it), output.
    assert_eq!(drawing.nodes.len(), 8);
    assert_eq!(
        Drawing::read(&samples::vgg16().to_svg()).nodes.len(),
        13 + 5 + 1 + 3 + 2
    );
}

#[test]
fn text_is_escaped() {
    let hostile = "<script>&\"'</text>]]>\n\u{1}\\";
    let mut net = Network::new(hostile);
    let x = net.input(hostile, hostile);
    let x = net.block(hostile, |net| {
        net.weights(hostile, hostile, hostile, &x, hostile)
    });
    net.output(hostile, &x);
    let svg = net.diagram.to_svg();
    // Reads the whole document.
    assert_eq!(Drawing::read(&svg).nodes.len(), 3);
    assert!(!svg.contains("<script>"));
    let dot = net.diagram.to_dot();
    assert!(dot.contains(r#"label="<script>&\"'</text>]]>\n"#), "{dot}");
    assert!(dot.contains(r#"\\"#));
}

#[test]
fn a_drawing_has_no_blank_lines_and_no_names_that_could_clash_in_a_page() {
    let svg = samples::resnet20(true).to_svg();
    assert!(svg.lines().all(|line| !line.trim().is_empty()));
    for name in [" id=", " class=", "<style", "url("] {
        assert!(!svg.contains(name), "{name}");
    }
}

#[test]
fn an_empty_diagram_is_a_title() {
    let drawing = Drawing::read(
        &Diagram {
            title: "Empty".to_owned(),
            ..Diagram::default()
        }
        .to_svg(),
    );
    assert!(drawing.nodes.is_empty() && drawing.width > 0.0);
}

#[test]
fn without_a_title_there_is_no_room_for_one() {
    let titled = samples::unet();
    let untitled = Diagram {
        title: String::new(),
        ..titled.clone()
    };
    let (titled, untitled) = (
        Drawing::read(&titled.to_svg()),
        Drawing::read(&untitled.to_svg()),
    );
    assert!(untitled.height < titled.height);
    assert!(untitled.nodes[0].1.top < titled.nodes[0].1.top);
}

#[test]
fn the_same_diagram_gives_the_same_drawing() {
    assert_eq!(samples::unet().to_svg(), samples::unet().to_svg());
}

#[test]
#[should_panic(expected = "edge from node 1 to node 0 of 2")]
fn an_edge_backwards_is_refused() {
    let mut net = Network::new("Net");
    let x = net.input("x", "4");
    net.output("output", &x);
    net.diagram.edges.push(Edge::new(1, 0, ""));
    net.diagram.to_svg();
}

#[test]
fn graphviz_text_has_every_box_every_edge_and_a_cluster_for_each_block() {
    for diagram in networks() {
        let dot = diagram.to_dot();
        let drawing = Drawing::read(&diagram.to_svg());
        let lines = |part: &str| dot.lines().filter(|line| line.contains(part)).count();
        assert_eq!(lines("fillcolor="), drawing.nodes.len());
        assert_eq!(lines(" -> "), drawing.edges.len());
        assert_eq!(lines("subgraph cluster_"), diagram.blocks.len());
        let (open, closed) = (dot.matches('{').count(), dot.matches('}').count());
        assert_eq!(open, closed);
    }
}

//! Where arrows reach their box, how wide boxes are, and how much room the labels at arrows' heads take.

use crate::fold::{Folded, Tile};

use super::spine::Spine;
use super::units::Units;
use super::{TEXT_SIZE, TITLE_SIZE, text_width};

/// Between an arrow and its label.
pub(super) const LABEL_GAP: i64 = 6;
/// Between two arrows that reach the same box.
const PORT_GAP: i64 = 16;
/// Between arrows of different outputs of a box.
const OUTPUT_GAP: i64 = 24;
/// A box's least width.
const LEAST: i64 = 72;

pub(super) struct Ports {
    /// Where each edge leaves its box, from the box's middle.
    pub tail: Vec<i64>,
    /// Where each edge reaches its box, from the box's middle.
    pub head: Vec<i64>,
    /// Whether each edge's label stands to its left.
    pub label_left: Vec<bool>,
    /// Whether each edge has a label.
    pub labelled: Vec<bool>,
    /// Half the width of each box.
    pub half: Vec<i64>,
    /// How far each box and the labels above it reach to the left of its middle.
    pub left: Vec<i64>,
    /// The same to the right.
    pub right: Vec<i64>,
    /// The first arrow that reaches each box, from its middle.
    pub first: Vec<i64>,
}

impl Ports {
    pub fn new(diagram: &Folded, units: &Units, spine: &Spine) -> Self {
        let positions = units.positions();
        let edges = diagram.edges.len();
        let mut ports = Ports {
            tail: vec![0; edges],
            head: vec![0; edges],
            label_left: vec![false; edges],
            labelled: diagram
                .edges
                .iter()
                .map(|edge| !edge.label.is_empty())
                .collect(),
            half: diagram.boxes.iter().map(half).collect(),
            left: Vec::new(),
            right: Vec::new(),
            first: vec![0; diagram.boxes.len()],
        };
        ports.leave(diagram);
        ports.left = ports.half.clone();
        ports.right = ports.half.clone();
        let mut reaching = vec![Vec::new(); diagram.boxes.len()];
        for (edge, way) in units.ways.iter().enumerate() {
            reaching[way[way.len() - 1]].push((positions[way[way.len() - 2]], edge));
        }
        for (number, mut reaching) in reaching.into_iter().enumerate() {
            reaching.sort_unstable();
            let reaching: Vec<usize> = reaching.into_iter().map(|(_, edge)| edge).collect();
            let main = main(units, spine, &reaching);
            ports.place(diagram, number, &reaching, main);
        }
        ports
    }

    /// Places the arrows that leave boxes: all arrows of one output together.
    fn leave(&mut self, diagram: &Folded) {
        let mut outputs = vec![1; diagram.boxes.len()];
        for edge in &diagram.edges {
            outputs[edge.from] = outputs[edge.from].max(edge.output + 1);
        }
        for (number, edge) in diagram.edges.iter().enumerate() {
            let (output, outputs) = (edge.output as i64, outputs[edge.from] as i64);
            self.tail[number] = OUTPUT_GAP * (2 * output - (outputs - 1)) / 2;
            let half = &mut self.half[edge.from];
            *half = (*half).max(OUTPUT_GAP * outputs / 2);
        }
    }

    /// Where an edge leaves the unit `from`, from its middle.
    pub fn tail(&self, units: &Units, edge: usize, from: usize) -> i64 {
        if units.is_box(from) {
            self.tail[edge]
        } else {
            0
        }
    }

    /// Where an edge reaches the unit `to`, from its middle.
    pub fn head(&self, units: &Units, edge: usize, to: usize) -> i64 {
        if units.is_box(to) { self.head[edge] } else { 0 }
    }

    /// Places the arrows that reach the box `number`, given from left to right, with the one at the middle.
    fn place(&mut self, diagram: &Folded, number: usize, reaching: &[usize], main: Option<usize>) {
        let Some(&leftmost) = reaching.first() else {
            return;
        };
        let label = |edge: usize| match self.labelled[edge] {
            true => text_width(&diagram.edges[edge].label, TEXT_SIZE) + LABEL_GAP,
            false => 0,
        };
        // Labels stand on the outer side of the first and the last arrow.
        let is_left = |index: usize| match main {
            Some(main) => index < main || (index, main) == (0, 0) && reaching.len() > 1,
            None => 2 * index + 1 < reaching.len(),
        };
        let mut places = vec![0];
        for index in 1..reaching.len() {
            let mut gap = PORT_GAP;
            if !is_left(index - 1) {
                gap += label(reaching[index - 1]);
            }
            if is_left(index) {
                gap += label(reaching[index]);
            }
            places.push(places[index - 1] + gap);
        }
        let middle = match main {
            Some(main) => places[main],
            None => places[reaching.len() - 1] / 2,
        };
        for (index, &edge) in reaching.iter().enumerate() {
            let offset = places[index] - middle;
            let label = label(edge);
            self.head[edge] = offset;
            self.label_left[edge] = is_left(index);
            self.half[number] = self.half[number].max(offset.abs() + PORT_GAP / 2);
            let (left, right) = if is_left(index) {
                (label, 0)
            } else {
                (0, label)
            };
            self.left[number] = self.left[number].max(left - offset);
            self.right[number] = self.right[number].max(right + offset);
        }
        self.left[number] = self.left[number].max(self.half[number]);
        self.right[number] = self.right[number].max(self.half[number]);
        let left_label = if is_left(0) { label(leftmost) } else { 0 };
        self.first[number] = self.head[leftmost] - left_label;
    }
}

/// Which of the arrows that reach a box, given from left to right, comes in at the middle: the only one from the row above, or the
/// longer way of two.
fn main(units: &Units, spine: &Spine, reaching: &[usize]) -> Option<usize> {
    let direct = |index: &usize| units.ways[reaching[*index]].len() == 2;
    let direct: Vec<usize> = (0..reaching.len()).filter(direct).collect();
    match direct[..] {
        [main] => Some(main),
        [one, other] if reaching.len() == 2 => [one, other]
            .into_iter()
            .find(|&index| spine.edges[reaching[index]]),
        _ => None,
    }
}

/// Half the width that the text of `part` needs.
fn half(part: &Tile) -> i64 {
    let lines = part.lines.iter().chain(&part.joined);
    let widths = lines.map(|line| text_width(line, TEXT_SIZE));
    // Bold letters are wider by a tenth.
    let title = text_width(&part.title, TITLE_SIZE) * 11 / 10;
    (widths.fold(title, i64::max) + 24).max(LEAST) / 2
}

//! The longest ways through the network: what should be one straight column.

use crate::fold::Folded;

pub(super) struct Spine {
    /// How many boxes can follow each box.
    pub below: Vec<usize>,
    /// Whether each edge is the longest way both from its box and to its head; of two that are equal, the first.
    pub edges: Vec<bool>,
    /// Whether nothing else leaves each edge's box.
    pub only: Vec<bool>,
    /// Whether nothing else leaves the edge's box or reaches its head.
    pub alone: Vec<bool>,
}

impl Spine {
    pub fn new(diagram: &Folded) -> Self {
        let count = diagram.boxes.len();
        let mut leaving = vec![Vec::new(); count];
        let mut reaching = vec![Vec::new(); count];
        for (number, edge) in diagram.edges.iter().enumerate() {
            leaving[edge.from].push(number);
            reaching[edge.to].push(number);
        }
        // Boxes are numbered in the order in which values flow.
        let (mut above, mut below) = (vec![0; count], vec![0; count]);
        for number in 0..count {
            let before = reaching[number]
                .iter()
                .map(|&edge| above[diagram.edges[edge].from] + 1);
            above[number] = before.max().unwrap_or(0);
        }
        for number in (0..count).rev() {
            let after = leaving[number]
                .iter()
                .map(|&edge| below[diagram.edges[edge].to] + 1);
            below[number] = after.max().unwrap_or(0);
        }
        // Of two equal ways the first; of more, none: they spread to both sides.
        let longest = |edges: &[usize], length: &dyn Fn(usize) -> usize| {
            let most = edges.iter().map(|&edge| length(edge)).max();
            let mut best = edges
                .iter()
                .copied()
                .filter(|&edge| Some(length(edge)) == most);
            let first = best.next();
            if best.next().is_some() && edges.len() > 2 {
                None
            } else {
                first
            }
        };
        let on_spine = |(number, edge): (usize, &crate::fold::Arrow)| {
            longest(&leaving[edge.from], &|edge| below[diagram.edges[edge].to]) == Some(number)
                && longest(&reaching[edge.to], &|edge| above[diagram.edges[edge].from])
                    == Some(number)
        };
        Spine {
            edges: diagram.edges.iter().enumerate().map(on_spine).collect(),
            only: diagram
                .edges
                .iter()
                .map(|edge| leaving[edge.from].len() == 1)
                .collect(),
            alone: diagram
                .edges
                .iter()
                .map(|edge| leaving[edge.from].len() == 1 && reaching[edge.to].len() == 1)
                .collect(),
            below,
        }
    }
}

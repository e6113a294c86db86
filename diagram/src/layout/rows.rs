//! The row of each box: below all that it reads, with arrows as short as may be.

use crate::fold::Folded;
use crate::simplex::{Constraint, solve};

pub(super) fn rows(diagram: &Folded) -> Vec<usize> {
    let constraints: Vec<Constraint> = diagram
        .edges
        .iter()
        .map(|edge| Constraint {
            from: edge.from,
            to: edge.to,
            length: 1,
            weight: 1,
        })
        .collect();
    // `Diagram` has seen to it that edges lead from a node to a later one.
    let rows = solve(diagram.boxes.len(), &constraints).expect("no circle");
    // `solve` counts from 0.
    rows.into_iter().map(|row| row as usize).collect()
}

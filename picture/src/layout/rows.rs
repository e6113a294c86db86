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
    let rows = solve(diagram.boxes.len(), &constraints);
    // `solve` counts from 0.
    rows.into_iter().map(|row| row as usize).collect()
}

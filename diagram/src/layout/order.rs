//! The order from left to right: first as a walk through the network meets things, then with as few crossings as exchanges reach.
//!
//! Each frame has one order of all that stands in it, whatever the row, so that frames never interlock and lanes are straight.

use std::ops::Range;

use crate::fold::Folded;

use super::spine::Spine;
use super::units::{Child, Units};

/// Rounds of exchanges.
const ROUNDS: usize = 4;
/// Pairs of arrows that may be compared before the order is taken as it is.
const PAIRS: usize = 4_000_000;

pub(super) fn order(diagram: &Folded, spine: &Spine, units: &mut Units) {
    let met = walk(diagram, spine, units);
    let first_met = first_met(units, &met);
    for frame in &mut units.frames {
        frame.children.sort_by_key(|child| match *child {
            Child::Unit(unit) => met[unit],
            Child::Frame(frame) => first_met[frame],
        });
    }
    exchange(units);
}

/// When a walk from the inputs, depth first, meets each unit. It takes the longest way first: what passes layers by stands to their
/// right, and what passes more of them stands further to the right.
fn walk(diagram: &Folded, spine: &Spine, units: &Units) -> Vec<usize> {
    let mut following = vec![Vec::new(); units.units.len()];
    let mut reached = vec![false; units.boxes];
    let mut below = spine.below.clone();
    below.resize(units.units.len(), 0);
    for (way, edge) in units.ways.iter().zip(&diagram.edges) {
        reached[edge.to] = true;
        for pair in way.windows(2) {
            following[pair[0]].push(pair[1]);
            // A lane is as long a way as the box that it leads to.
            if !units.is_box(pair[1]) {
                below[pair[1]] = spine.below[edge.to];
            }
        }
    }
    for next in &mut following {
        next.sort_by_key(|&unit| std::cmp::Reverse(below[unit]));
        // A stack gives back last what comes first.
        next.reverse();
    }
    let mut met = vec![usize::MAX; units.units.len()];
    let mut count = 0;
    let mut open: Vec<usize> = (0..units.boxes).filter(|&unit| !reached[unit]).collect();
    open.reverse();
    while let Some(unit) = open.pop() {
        if met[unit] == usize::MAX {
            met[unit] = count;
            count += 1;
            open.extend(&following[unit]);
        }
    }
    met
}

/// When the walk first meets something in each frame.
fn first_met(units: &Units, met: &[usize]) -> Vec<usize> {
    let mut first = vec![usize::MAX; units.frames.len()];
    for (unit, &met) in units.units.iter().zip(met) {
        let mut around = Some(unit.frame);
        while let Some(frame) = around {
            first[frame] = first[frame].min(met);
            around = units.frames[frame].parent;
        }
    }
    first
}

/// Moves each child of a frame to each place beside a neighbour, and keeps what lessens the crossings.
fn exchange(units: &mut Units) {
    let parts = units.parts();
    let mut exchange = Exchange {
        parts,
        pairs: PAIRS,
    };
    for _ in 0..ROUNDS {
        let mut better = false;
        for frame in 0..units.frames.len() {
            for child in units.frames[frame].children.clone() {
                better |= exchange.improve(units, frame, child);
            }
        }
        if !better {
            return;
        }
    }
}

struct Exchange {
    /// The parts of arrows below each row.
    parts: Vec<Vec<(usize, usize)>>,
    /// How many pairs may still be compared.
    pairs: usize,
}

impl Exchange {
    /// Moves `child` beside each of its neighbours; whether that saved crossings.
    fn improve(&mut self, units: &mut Units, frame: usize, child: Child) -> bool {
        let (first, last) = units.span(child);
        let neighbours: Vec<Child> = units.frames[frame]
            .children
            .iter()
            .copied()
            .filter(|&other| {
                let (from, to) = units.span(other);
                other != child && from <= last && to >= first
            })
            .collect();
        if neighbours.is_empty() || self.pairs == 0 {
            return false;
        }
        let gaps = first.saturating_sub(1)..last + 1;
        let mut least = self.crossings(&units.positions(), gaps.clone());
        let mut better = false;
        for (neighbour, after) in neighbours
            .iter()
            .flat_map(|&other| [(other, false), (other, true)])
        {
            if least == 0 || self.pairs == 0 {
                break;
            }
            let before = units.frames[frame].children.clone();
            let children = &mut units.frames[frame].children;
            children.retain(|&other| other != child);
            let place = children.iter().position(|&other| other == neighbour);
            children.insert(place.map_or(0, |place| place + usize::from(after)), child);
            let now = self.crossings(&units.positions(), gaps.clone());
            if now < least {
                least = now;
                better = true;
            } else {
                units.frames[frame].children = before;
            }
        }
        better
    }

    /// How often arrows cross below the rows of `gaps`.
    fn crossings(&mut self, positions: &[usize], gaps: Range<usize>) -> usize {
        let mut count = 0;
        for gap in gaps {
            let parts = &self.parts[gap];
            self.pairs = self.pairs.saturating_sub(parts.len() * parts.len() / 2);
            for (index, one) in parts.iter().enumerate() {
                for other in &parts[..index] {
                    let upper = positions[one.0].cmp(&positions[other.0]);
                    let lower = positions[one.1].cmp(&positions[other.1]);
                    count += usize::from(
                        upper.is_lt() && lower.is_gt() || upper.is_gt() && lower.is_lt(),
                    );
                }
            }
        }
        count
    }
}

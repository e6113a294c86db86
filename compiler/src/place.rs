//! Offsets of buffers whose lengths are all known to the macro.
//!
//! `engine::plan` of the runtime does the same in a `const fn`, for lengths with consts from outside the block; rustc
//! interprets that some thousand times more slowly, which in a large model would be most of `cargo check`.

use std::cmp::Reverse;

/// A buffer: its length in floats, and the first and last step that touch it.
#[derive(Clone, Copy, Debug)]
pub struct Life {
    pub len: usize,
    pub first: usize,
    pub last: usize,
}

/// Where each buffer lies, and the length of all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placement {
    pub offsets: Vec<usize>,
    pub total: usize,
}

/// What an order places first: the larger pair.
type Weight = fn(&Life) -> (usize, usize);

/// Floats in a cache line, on which every buffer starts.
const LINE: usize = 16;

/// Offsets such that buffers alive at the same step don't overlap: the best of three greedy orders (largest first,
/// longest-lived first, in order of birth), each placing a buffer in the lowest gap that holds it.
///
/// Nothing if a length is beyond what can be counted.
pub fn place(lives: &[Life]) -> Option<Placement> {
    let orders: [Weight; 3] = [
        |life| (life.len, 0),
        |life| (life.last - life.first, life.len),
        |life| (usize::MAX - life.first, 0),
    ];
    let placements = orders.into_iter().map(|weight| {
        let mut order: Vec<usize> = (0..lives.len()).collect();
        order.sort_by_key(|&index| Reverse(weight(&lives[index])));
        place_in(lives, &order)
    });
    let placements: Option<Vec<Placement>> = placements.collect();
    placements?
        .into_iter()
        .min_by_key(|placement| placement.total)
}

fn place_in(lives: &[Life], order: &[usize]) -> Option<Placement> {
    let mut offsets = vec![0; lives.len()];
    // What has its place, sorted by start: its life, start and end.
    let mut taken: Vec<(Life, usize, usize)> = Vec::with_capacity(lives.len());
    let mut total = 0;
    for &index in order {
        let life = lives[index];
        let len = life.len.checked_next_multiple_of(LINE)?;
        let mut start = 0usize;
        for (other, from, to) in &taken {
            if *from >= start.checked_add(len)? {
                break;
            }
            if *to > start && other.first <= life.last && life.first <= other.last {
                start = *to;
            }
        }
        let end = start.checked_add(len)?;
        offsets[index] = start;
        let at = taken.partition_point(|(_, from, _)| *from <= start);
        taken.insert(at, (life, start, end));
        total = total.max(end);
    }
    Some(Placement { offsets, total })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn nothing_overlaps_while_alive(lives in proptest::collection::vec((0usize..500, 0usize..40, 0usize..12), 0..40)) {
            let lives: Vec<Life> = lives.into_iter().map(|(len, first, more)| Life { len, first, last: first + more }).collect();
            let placement = place(&lives).unwrap();
            for (i, a) in lives.iter().enumerate() {
                prop_assert_eq!(placement.offsets[i] % LINE, 0);
                prop_assert!(placement.offsets[i] + a.len <= placement.total);
                for (j, b) in lives.iter().enumerate().take(i) {
                    let (x, y) = (placement.offsets[i], placement.offsets[j]);
                    let together = a.first <= b.last && b.first <= a.last;
                    prop_assert!(!together || x + a.len <= y || y + b.len <= x, "{} and {} overlap", i, j);
                }
            }
            let fullest = (0..60).map(|t| lives.iter().filter(|l| l.first <= t && t <= l.last).map(|l| l.len).sum::<usize>()).max();
            prop_assert!(placement.total >= fullest.unwrap());
        }
    }

    #[test]
    fn lengths_beyond_count_are_left_to_the_compiler() {
        let life = Life {
            len: usize::MAX - 20,
            first: 0,
            last: 1,
        };
        assert_eq!(place(&[life, life]), None);
    }
}

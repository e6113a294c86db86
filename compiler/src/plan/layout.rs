//! Offsets of buffers with lifetimes: worked out here where all lengths are known, left to rustc where they aren't.

use shapeflow_terms::plan::{self, Desk, Life, Taken};

use crate::id::BufferId;
use crate::step::Buffer;

/// A buffer and when it is alive: steps for the arena, stages for what is kept.
#[derive(Clone, Copy, Debug)]
pub struct Placed {
    pub buffer: BufferId,
    pub first: usize,
    pub last: usize,
}

/// The buffers of one region.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    pub buffers: Vec<Placed>,
    /// The offset of each and the length of all, in bytes of one example; nothing where a length isn't known here.
    pub offsets: Option<(Vec<usize>, usize)>,
}

impl Layout {
    pub fn new(placed: Vec<Placed>, buffers: &[Buffer]) -> Layout {
        let lives = placed.iter().map(|one| {
            let len = buffers[one.buffer].bytes().known()?;
            Some(Life {
                len: usize::try_from(len).ok()?,
                first: one.first,
                last: one.last,
            })
        });
        let lives: Option<Vec<Life>> = lives.collect();
        // What can't be counted is told by rustc, as where a const is too large.
        let lives = lives.filter(|lives| plan::fits(lives));
        Layout {
            buffers: placed,
            offsets: lives.map(|lives| offsets(&lives)),
        }
    }
}

/// What `plan` of the terms does at build time, for a number of buffers that is known only now.
fn offsets(lives: &[Life]) -> (Vec<usize>, usize) {
    let count = lives.len();
    let mut offsets = vec![0; count];
    let mut desk = Desk {
        weights: &mut vec![0; count],
        order: &mut vec![0; count],
        merged: &mut vec![0; count],
        trial: &mut vec![0; count],
        taken: &mut vec![Taken::NOTHING; count],
    };
    let total = plan::place(lives, &mut offsets, &mut desk);
    (offsets, total)
}

//! How a batch is cut: into lanes, which add up gradients each for itself, and lanes into chunks.
//!
//! The cut depends on the number of examples alone, never on the threads that will run it: that is what makes results
//! equal bit for bit on any number of threads.

use super::program::Schedule;

/// The most lanes a batch is cut into: the most threads that one step can use.
pub const MAX_LANES: usize = 32;

/// The least lanes of a batch that has enough examples for them, so that small batches find work for several threads.
const LEAST_LANES: usize = 8;

/// The examples below which a lane isn't cut for more threads: fewer don't pay for reading the matrices once more.
const FEWEST_IN_LANE: usize = 4;

/// The cut of one batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    /// Examples in the batch.
    pub examples: usize,
    /// Lanes.
    pub lanes: usize,
    /// Chunks, in all lanes together.
    pub chunks: usize,
    /// The most examples in one chunk.
    pub chunk_examples: usize,
}

/// One chunk: which examples it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub first: usize,
    pub len: usize,
}

const fn part(total: usize, parts: usize, index: usize) -> usize {
    total * index / parts
}

impl Split {
    /// The cut of `examples` examples.
    pub const fn new(examples: usize, schedule: &Schedule) -> Self {
        let fair = examples.div_ceil(FEWEST_IN_LANE);
        let least = if fair < LEAST_LANES {
            fair
        } else {
            LEAST_LANES
        };
        let wanted = examples.div_ceil(schedule.lane_examples);
        let wanted = if wanted < least { least } else { wanted };
        let lanes = if wanted > MAX_LANES {
            MAX_LANES
        } else if wanted == 0 {
            1
        } else {
            wanted
        };
        let chunk_examples = if schedule.chunk_examples < examples {
            schedule.chunk_examples
        } else {
            examples
        };
        let mut chunks = 0;
        let mut lane = 0;
        while lane < lanes {
            let len = part(examples, lanes, lane + 1) - part(examples, lanes, lane);
            chunks += if chunk_examples == 0 {
                0
            } else {
                len.div_ceil(chunk_examples)
            };
            lane += 1;
        }
        Self {
            examples,
            lanes,
            chunks,
            chunk_examples,
        }
    }

    /// The examples of a lane.
    pub const fn lane(&self, lane: usize) -> Span {
        let first = part(self.examples, self.lanes, lane);
        Span {
            first,
            len: part(self.examples, self.lanes, lane + 1) - first,
        }
    }

    /// How many chunks a lane has.
    pub const fn chunks_of(&self, lane: usize) -> usize {
        self.lane(lane).len.div_ceil(self.chunk_examples)
    }

    /// The number, over all lanes, of a lane's first chunk.
    pub fn first_chunk(&self, lane: usize) -> usize {
        (0..lane).map(|l| self.chunks_of(l)).sum()
    }

    /// The examples of chunk `index` of a lane: an even cut, so that no chunk is much smaller than the others.
    pub const fn chunk(&self, lane: usize, index: usize) -> Span {
        let span = self.lane(lane);
        let chunks = self.chunks_of(lane);
        let first = part(span.len, chunks, index);
        Span {
            first: span.first + first,
            len: part(span.len, chunks, index + 1) - first,
        }
    }
}

/// The most chunks that any batch of up to `examples` examples is cut into.
pub const fn most_chunks(examples: usize, schedule: &Schedule) -> usize {
    let mut most = 0;
    let mut e = 1;
    while e <= examples {
        let chunks = Split::new(e, schedule).chunks;
        if chunks > most {
            most = chunks;
        }
        // Beyond a few rounds of lanes the number only grows with the batch.
        e = if e > 4 * MAX_LANES * schedule.lane_examples && e < examples {
            examples
        } else {
            e + 1
        };
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn schedule(chunk_examples: usize, lane_examples: usize) -> Schedule {
        Schedule {
            chunk_len: 0,
            scratch_len: 0,
            kept_len: 0,
            partial_len: 0,
            shared_len: 0,
            packed_len: 0,
            packs: &[],
            pack: |_, _, _, _| {},
            chunk_examples,
            lane_examples,
        }
    }

    proptest! {
        #[test]
        fn chunks_cover_the_batch_once_and_in_order(examples in 1usize..700, chunk in 1usize..40, lane in 1usize..70) {
            let split = Split::new(examples, &schedule(chunk, lane));
            let mut next = 0;
            let mut count = 0;
            for lane in 0..split.lanes {
                prop_assert_eq!(split.first_chunk(lane), count);
                for index in 0..split.chunks_of(lane) {
                    let span = split.chunk(lane, index);
                    prop_assert_eq!(span.first, next);
                    prop_assert!(span.len >= 1 && span.len <= split.chunk_examples && span.len <= chunk);
                    next += span.len;
                    count += 1;
                }
            }
            prop_assert_eq!(next, examples);
            prop_assert_eq!(count, split.chunks);
            prop_assert!(split.chunks <= most_chunks(examples, &schedule(chunk, lane)));
            prop_assert!(split.chunks <= most_chunks(examples + 50, &schedule(chunk, lane)));
        }
    }
}

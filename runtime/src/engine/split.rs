//! How a batch is cut: into lanes, which add up gradients each for itself, and lanes into chunks.
//!
//! The cut depends on the number of examples alone, never on the threads that will run it: that is what makes results
//! equal bit for bit on any number of threads.

use super::sizes::at_least_one;
use crate::kernels::dense::is_large;

/// Bytes of activations that one chunk may hold, so that they stay in the second-level cache.
const CHUNK_BYTES: usize = 1 << 20;

/// Bytes of matrices beyond which a chunk should hold many examples, since every chunk reads them all.
const LARGE_MATRICES: usize = 256 << 10;

/// Bytes of activations that one chunk may hold so that matrices are read once for several examples.
const LARGE_CHUNK_BYTES: usize = 4 << 20;

/// Examples in one chunk: as many as keep its activations (`chunk_bytes` each) in the cache, but up to four to pay
/// for reading the matrices (`matrix_len` floats) once for each chunk, where activations don't cost more than that.
pub const fn chunk_examples(chunk_bytes: usize, matrix_len: usize, lane_examples: usize) -> usize {
    if lane_examples == ONE_LANE {
        let fitting = at_least_one(LAYER_BYTES / at_least_one(chunk_bytes));
        return if fitting < LAYER_EXAMPLES {
            fitting
        } else {
            LAYER_EXAMPLES
        };
    }
    let least = if 4 * matrix_len > LARGE_MATRICES {
        let room = LARGE_CHUNK_BYTES / at_least_one(chunk_bytes);
        if room < 4 { at_least_one(room) } else { 4 }
    } else {
        1
    };
    let fitting = CHUNK_BYTES / at_least_one(chunk_bytes);
    let wanted = if fitting < least { least } else { fitting };
    if wanted > lane_examples {
        lane_examples
    } else {
        wanted
    }
}

/// [`Memory::lane_examples`](super::Memory) where a batch is one lane, however many examples it has: then it goes layer by layer,
/// each layer shared out among threads.
pub const ONE_LANE: usize = usize::MAX;

/// The most examples that go through a layer at a time where a batch goes layer by layer: its weights are then read for so many.
const LAYER_EXAMPLES: usize = 128;

/// Bytes of activations that they may hold.
const LAYER_BYTES: usize = 64 << 20;

/// Whether a batch goes layer by layer: where more than seven eighths of the `flops` operations of an example are products with
/// weights that are larger than caches; `matrices` are numbers of a weight and operations.
pub const fn is_layer_by_layer(matrices: &[(usize, u64)], flops: u64) -> bool {
    let (mut large, mut i) = (0_u64, 0);
    while i < matrices.len() {
        let (len, operations) = matrices[i];
        if is_large(len) {
            large = large.saturating_add(operations);
        }
        i += 1;
    }
    large / 7 > flops / 8
}

/// Bytes of those weights that are larger than caches and so aren't packed in training.
pub const fn large_bytes(matrices: &[(usize, u64)]) -> usize {
    let (mut bytes, mut i) = (0_usize, 0);
    while i < matrices.len() {
        let (len, _) = matrices[i];
        if is_large(len) {
            bytes = bytes.saturating_add(len.saturating_mul(size_of::<f32>()));
        }
        i += 1;
    }
    bytes
}

/// Bytes of a lane's gradients beyond which there should be few lanes.
const LARGE_LANE: usize = 4 << 20;

/// Examples that share one accumulation of gradients: few where activations (`chunk_bytes` each) outweigh the matrices
/// (`matrix_len` floats), so that many threads find work; many where matrices outweigh activations or a lane's
/// gradients are large.
pub const fn lane_examples(chunk_bytes: usize, matrix_len: usize, lane_bytes: usize) -> usize {
    if matrix_len > chunk_bytes || lane_bytes > LARGE_LANE {
        32
    } else {
        8
    }
}

/// The most lanes a batch is cut into: the most threads that one step can use.
pub const MAX_LANES: usize = 32;

/// The least lanes of a batch that has enough examples for them, so that small batches find work for several threads.
const LEAST_LANES: usize = 8;

/// The examples below which a lane isn't cut for more threads, where there are enough lanes for a few.
const FEWEST_IN_LANE: usize = 4;

/// The lanes of a batch that has too few examples for more: then each has fewer, if that pays.
const FEW_LANES: usize = 4;

/// Operations that take as long as it takes one core to read or write a byte of memory, and four times that: moving bytes once
/// more for more lanes must be a small part of the work.
const FLOPS_FOR_A_BYTE: u64 = 32;

/// The examples below which a lane isn't cut for more threads, where each example takes `flops` operations and each lane moves
/// `bytes` of weights and gradients once more.
pub const fn fewest_in_lane(flops: u64, bytes: usize) -> usize {
    let price = (bytes as u64).saturating_mul(FLOPS_FOR_A_BYTE);
    // No operations pay for nothing.
    let worth = if flops == 0 {
        FEWEST_IN_LANE as u64
    } else {
        price.div_ceil(flops)
    };
    if worth > FEWEST_IN_LANE as u64 {
        FEWEST_IN_LANE
    } else {
        at_least_one(worth as usize)
    }
}

/// The cut of one batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    /// Examples in the batch.
    pub examples: usize,
    /// Chunks.
    pub lanes: usize,
    /// Chunks, in all lanes together.
    pub chunks: usize,
    /// The most examples in one chunk.
    pub chunk_examples: usize,
}

/// One chunk: which examples it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExampleRange {
    pub first: usize,
    pub len: usize,
}

const fn part(total: usize, parts: usize, index: usize) -> usize {
    // A division takes as long as a layer of a tiny network.
    if parts == 1 {
        return total * index;
    }
    (total as u64 * index as u64 / parts as u64) as usize
}

impl Split {
    /// The cut of `examples` examples into chunks of up to `chunk_examples` and lanes of about `lane_examples`, or, to find work
    /// for several threads, of fewer, but not fewer than `fewest`.
    pub const fn new(
        examples: usize,
        chunk_examples: usize,
        lane_examples: usize,
        fewest: usize,
    ) -> Self {
        if examples == 1 && chunk_examples > 0 {
            return Self {
                examples,
                lanes: 1,
                chunks: 1,
                chunk_examples: 1,
            };
        }
        let fair = examples.div_ceil(FEWEST_IN_LANE);
        let few = examples / at_least_one(fewest);
        let few = if few < FEW_LANES { few } else { FEW_LANES };
        let fair = if fair < few { few } else { fair };
        let least = if fair < LEAST_LANES {
            fair
        } else {
            LEAST_LANES
        };
        let wanted = examples.div_ceil(lane_examples);
        let wanted = if wanted < least { least } else { wanted };
        let lanes = if lane_examples == ONE_LANE {
            1
        } else if wanted > MAX_LANES {
            MAX_LANES
        } else if wanted == 0 {
            1
        } else {
            wanted
        };
        let chunk_examples = if chunk_examples < examples {
            chunk_examples
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
    pub const fn lane(&self, lane: usize) -> ExampleRange {
        let first = part(self.examples, self.lanes, lane);
        ExampleRange {
            first,
            len: part(self.examples, self.lanes, lane + 1) - first,
        }
    }

    /// How many chunks a lane has.
    pub const fn chunks_of(&self, lane: usize) -> usize {
        let len = self.lane(lane).len;
        if len <= self.chunk_examples {
            return if len == 0 { 0 } else { 1 };
        }
        len.div_ceil(self.chunk_examples)
    }

    /// The number, over all lanes, of a lane's first chunk.
    pub fn first_chunk(&self, lane: usize) -> usize {
        (0..lane).map(|l| self.chunks_of(l)).sum()
    }

    /// The examples of chunk `index` of a lane: an even cut, so that no chunk is much smaller than the others.
    pub const fn chunk(&self, lane: usize, index: usize) -> ExampleRange {
        let rows = self.lane(lane);
        let chunks = self.chunks_of(lane);
        let first = part(rows.len, chunks, index);
        ExampleRange {
            first: rows.first + first,
            len: part(rows.len, chunks, index + 1) - first,
        }
    }

    /// Sets `sizes` to the number of examples in each chunk; it allocates only beyond the capacity of `sizes`.
    pub fn chunk_sizes(&self, sizes: &mut Vec<usize>) {
        sizes.clear();
        for lane in 0..self.lanes {
            sizes.extend((0..self.chunks_of(lane)).map(|index| self.chunk(lane, index).len));
        }
    }
}

/// The most chunks that any batch of up to `examples` examples is cut into.
pub const fn most_chunks(
    examples: usize,
    chunk_examples: usize,
    lane_examples: usize,
    fewest: usize,
) -> usize {
    let mut most = 0;
    let mut e = 1;
    while e <= examples {
        let chunks = Split::new(e, chunk_examples, lane_examples, fewest).chunks;
        if chunks > most {
            most = chunks;
        }
        // Beyond a few rounds of lanes the number only grows with the batch.
        let grows = lane_examples == ONE_LANE || e > 4 * MAX_LANES * lane_examples;
        e = if grows && e < examples {
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

    proptest! {
        #[test]
        fn chunks_cover_the_batch_once_and_in_order(examples in 1usize..700, chunk in 1usize..40, lane in 1usize..70, fewest in 1usize..5) {
            let split = Split::new(examples, chunk, lane, fewest);
            let mut next = 0;
            let mut count = 0;
            for lane in 0..split.lanes {
                prop_assert_eq!(split.first_chunk(lane), count);
                for index in 0..split.chunks_of(lane) {
                    let rows = split.chunk(lane, index);
                    prop_assert_eq!(rows.first, next);
                    prop_assert!(rows.len >= 1 && rows.len <= split.chunk_examples && rows.len <= chunk);
                    next += rows.len;
                    count += 1;
                }
            }
            prop_assert_eq!(next, examples);
            prop_assert_eq!(count, split.chunks);
            prop_assert!(split.chunks <= most_chunks(examples, chunk, lane, fewest));
            prop_assert!(split.chunks <= most_chunks(examples + 50, chunk, lane, fewest));
        }
    }

    #[test]
    fn a_batch_that_goes_layer_by_layer_is_one_lane() {
        let split = |examples| Split::new(examples, LAYER_EXAMPLES, ONE_LANE, 1);
        assert_eq!([1, 2, 64, 1000].map(|e| split(e).lanes), [1; 4]);
        assert_eq!([1, 128, 129, 1000].map(|e| split(e).chunks), [1, 1, 2, 8]);
        assert_eq!(most_chunks(1000, LAYER_EXAMPLES, ONE_LANE, 1), 8);
        assert_eq!(chunk_examples(1 << 10, 9, ONE_LANE), 128);
        assert_eq!(chunk_examples(1 << 20, 9, ONE_LANE), 64);
        assert_eq!(chunk_examples(1 << 30, 9, ONE_LANE), 1);
        let large = 1 << 18;
        let is = |matrices: &[(usize, u64)]| is_layer_by_layer(matrices, 800);
        assert!(is(&[(large, 500), (large - 1, 80), (large, 220)]));
        assert!(!is(&[(large, 700)]) && !is(&[(large - 1, 800)]) && !is(&[]));
        assert_eq!(large_bytes(&[(large, 1), (large - 1, 1)]), 1 << 20);
    }

    #[test]
    fn a_chunk_fits_the_cache_but_pays_for_its_matrices() {
        assert_eq!(chunk_examples(0, 0, 32), 32);
        assert_eq!(chunk_examples(100 << 10, 0, 32), 10);
        assert_eq!(chunk_examples(100 << 10, 0, 8), 8);
        assert_eq!(chunk_examples(4 << 20, 0, 8), 1);
        let large = (64 << 10) + 1;
        assert_eq!(chunk_examples(1 << 20, large, 8), 4);
        assert_eq!(chunk_examples(2 << 20, large, 8), 2);
        assert_eq!(chunk_examples(4 << 20, large, 8), 1);
        assert_eq!(chunk_examples(usize::MAX, large, 8), 1);
    }

    #[test]
    fn few_examples_are_cut_where_they_pay_for_their_weights() {
        assert_eq!(fewest_in_lane(0, 0), 4);
        assert_eq!(fewest_in_lane(1, 0), 1);
        assert_eq!(fewest_in_lane(8_000_000_000, 250_000_000), 1);
        assert_eq!(fewest_in_lane(8_000_000_000, 250_000_001), 2);
        assert_eq!(fewest_in_lane(1, usize::MAX), 4);
        let lanes =
            |fewest| [1, 2, 4, 8, 16, 32].map(|examples| Split::new(examples, 1, 8, fewest).lanes);
        assert_eq!(lanes(1), [1, 2, 4, 4, 4, 8]);
        assert_eq!(lanes(3), [1, 1, 1, 2, 4, 8]);
        assert_eq!(lanes(4), [1, 1, 1, 2, 4, 8]);
    }

    #[test]
    fn lanes_are_long_where_matrices_or_gradients_are_large() {
        assert_eq!(lane_examples(4096, 4096, 0), 8);
        assert_eq!(lane_examples(4096, 4097, 0), 32);
        assert_eq!(lane_examples(4096, 0, 4 << 20), 8);
        assert_eq!(lane_examples(4096, 0, (4 << 20) + 64), 32);
    }
}

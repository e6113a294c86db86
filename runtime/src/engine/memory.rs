//! The memory of one way of running a model: how long its buffers are and how a batch is cut.

use shapeflow_terms::plan::{self, Turns, padded};

use super::aligned::{LINE, floats};
use super::keep::{self, Keep};
use super::layout::Field;
use super::slot::Region;
use super::split::{ONE_LANE, Split};

/// More examples than any batch may have.
const MOST_EXAMPLES: usize = u32::MAX as usize;

/// One repacking of a weight into the order its kernel reads.
#[derive(Clone, Copy, Debug)]
pub struct Pack {
    /// By which [`Memory::pack`] knows it.
    pub number: usize,
    /// The stage before which it is packed.
    pub stage: usize,
    /// Where it lies in the buffer of packed weights, in floats.
    pub offset: usize,
    /// Its length, in floats.
    pub len: usize,
}

impl Pack {
    /// All of them, by turns, and in a turn in the order in which they lie.
    pub const fn by_turns<const N: usize>(turns: &Turns<N>, fields: &[Field; N]) -> [Pack; N] {
        let mut packs = [Pack {
            number: 0,
            stage: 0,
            offset: 0,
            len: 0,
        }; N];
        let mut i = 0;
        while i < N {
            let number = turns.order[i];
            packs[i] = Pack {
                number,
                stage: turns.stages[number],
                offset: fields[number].offset,
                len: fields[number].len,
            };
            i += 1;
        }
        packs
    }
}

/// Buffers and chunk sizes of one way of running a model (training or inference).
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// Bytes per example in a thread's arena.
    pub chunk_bytes: usize,
    /// Bytes of scratch in a thread's arena.
    pub scratch_bytes: usize,
    /// Bytes per example kept for the whole batch.
    pub kept_bytes: usize,
    /// What lies there.
    pub kept: &'static [Keep],
    /// Bytes per chunk that reductions over the batch leave behind.
    pub partial_bytes: usize,
    /// What lies there.
    pub partial: &'static [Keep],
    /// Floats that reductions over the batch produce, read by every chunk.
    pub shared_len: usize,
    /// Length of the buffer of packed weights, in floats.
    pub packed_len: usize,
    /// What is packed, by turns.
    pub packs: &'static [Pack],
    /// Packs number `index`: `pack(index, parameters, state, packed)`.
    pub pack: fn(usize, &[f32], &[f32], &mut [f32]),
    /// The most examples one chunk may hold.
    pub chunk_examples: usize,
    /// Examples that share one accumulation of gradients; [`ONE_LANE`] for all of a batch.
    pub lane_examples: usize,
    /// The examples below which a lane isn't cut for more threads.
    pub fewest_in_lane: usize,
}

impl Memory {
    /// Checks that chunks that run at the same time touch different numbers.
    ///
    /// # Panics
    ///
    /// If they might not: a mistake in the plan, not in the data.
    pub(super) fn check(&self) {
        keep::check(self.kept, Region::Kept);
        keep::check(self.partial, Region::Partial);
    }

    /// Whether a batch is one lane, whose layers are shared out among threads.
    pub(super) const fn is_one_lane(&self) -> bool {
        self.lane_examples == ONE_LANE
    }

    /// The cut of a batch of `examples` examples.
    pub(super) const fn split(&self, examples: usize) -> Split {
        Split::new(
            examples,
            self.chunk_examples,
            self.lane_examples,
            self.fewest_in_lane,
        )
    }

    /// Whether there can be memory for batches of `examples` examples, `each` bytes of it for each besides what is counted here.
    pub(super) fn is_possible(&self, examples: usize, each: usize) -> bool {
        let row = self.kept_bytes as u128 + self.partial_bytes as u128 + each as u128 + 16;
        let bytes = row * examples as u128;
        if examples > MOST_EXAMPLES || bytes > isize::MAX as u128 {
            return false;
        }
        // The system is asked only where it might refuse; what it gives is given back at once, untouched.
        bytes < 1 << 30 || Vec::<u8>::new().try_reserve_exact(bytes as usize).is_ok()
    }

    /// Floats before the scratch in an arena for chunks of `rows` examples.
    pub(super) const fn scratch_start(&self, rows: usize) -> usize {
        floats(padded(self.chunk_bytes * rows))
    }

    /// Floats of one thread's arena for chunks of `rows` examples.
    pub(super) const fn arena_len(&self, rows: usize) -> usize {
        self.scratch_start(rows) + floats(padded(self.scratch_bytes))
    }

    /// Floats of another thread's arena: where all chunks are of one lane, only scratch.
    pub(super) const fn other_arena_len(&self, rows: usize) -> usize {
        if self.is_one_lane() {
            floats(padded(self.scratch_bytes))
        } else {
            self.arena_len(rows)
        }
    }

    /// The cut of a batch of `examples` examples, where there can be one so large.
    pub(super) const fn countable(&self, examples: usize) -> Option<Split> {
        if examples > MOST_EXAMPLES {
            return None;
        }
        Some(self.split(examples))
    }

    /// Bytes allocated for batches that are cut so, on `threads` threads.
    pub(super) const fn bytes(&self, split: &Split, threads: usize) -> u128 {
        let (examples, chunks) = (split.examples as u128, split.chunks as u128);
        let scratch = lines(self.scratch_bytes as u128);
        let arena = lines(self.chunk_bytes as u128 * split.chunk_examples as u128) + scratch;
        let other = if self.is_one_lane() { scratch } else { arena };
        let others = threads.saturating_sub(1) as u128;
        buffer_bytes(other).saturating_mul(others).saturating_add(
            buffer_bytes(arena)
                + buffer_bytes(self.kept_bytes as u128 * examples)
                + buffer_bytes(self.partial_bytes as u128 * chunks)
                + buffer_bytes(4 * self.shared_len as u128)
                + buffer_bytes(4 * self.packed_len as u128)
                + chunks * size_of::<usize>() as u128,
        )
    }
}

/// The bytes of whole cache lines that hold `bytes`.
const fn lines(bytes: u128) -> u128 {
    bytes.div_ceil(plan::LINE as u128) * plan::LINE as u128
}

/// Bytes that an aligned buffer of `bytes` takes from the heap.
pub(super) const fn buffer_bytes(bytes: u128) -> u128 {
    let floats = bytes.div_ceil(size_of::<f32>() as u128);
    (floats + LINE as u128) * size_of::<f32>() as u128
}

/// The number, or the largest `usize` where it is larger.
pub(super) const fn in_usize(bytes: u128) -> usize {
    if bytes > usize::MAX as u128 {
        usize::MAX
    } else {
        bytes as usize
    }
}

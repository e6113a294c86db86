//! The memory of one way of running a model: how long its buffers are and how a batch is cut.

use shapeflow_terms::plan::padded;

use super::aligned::{AlignedBuffer, floats};
use super::split::Split;

/// One repacking of a weight into the order its kernel reads.
#[derive(Clone, Copy, Debug)]
pub struct Pack {
    /// Where it lies in the buffer of packed weights, in floats.
    pub offset: usize,
    /// Its length, in floats.
    pub len: usize,
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
    /// Bytes per chunk that reductions over the batch leave behind.
    pub partial_bytes: usize,
    /// Floats that reductions over the batch produce, read by every chunk.
    pub shared_len: usize,
    /// Length of the buffer of packed weights, in floats.
    pub packed_len: usize,
    /// What is packed.
    pub packs: &'static [Pack],
    /// Packs number `index`: `pack(index, parameters, state, packed)`.
    pub pack: fn(usize, &[f32], &[f32], &mut [f32]),
    /// The most examples one chunk may hold.
    pub chunk_examples: usize,
    /// Examples that share one accumulation of gradients.
    pub lane_examples: usize,
}

impl Memory {
    /// The cut of a batch of `examples` examples.
    pub(super) const fn split(&self, examples: usize) -> Split {
        Split::new(examples, self.chunk_examples, self.lane_examples)
    }

    /// Whether there can be memory for batches of `examples` examples, `each` bytes of it for each besides what is counted here.
    pub(super) fn is_possible(&self, examples: usize, each: usize) -> bool {
        let row = self.kept_bytes as u128 + self.partial_bytes as u128 + each as u128 + 16;
        let bytes = row * examples as u128;
        if examples > u32::MAX as usize || bytes > isize::MAX as u128 {
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

    /// Bytes allocated for batches that are cut so, on `threads` threads.
    pub(super) const fn bytes(&self, split: &Split, threads: usize) -> usize {
        threads * AlignedBuffer::bytes_for(self.arena_len(split.chunk_examples))
            + AlignedBuffer::bytes_for(floats(self.kept_bytes * split.examples))
            + AlignedBuffer::bytes_for(floats(self.partial_bytes * split.chunks))
            + AlignedBuffer::bytes_for(self.shared_len)
            + AlignedBuffer::bytes_for(self.packed_len)
            + split.chunks * size_of::<usize>()
    }
}

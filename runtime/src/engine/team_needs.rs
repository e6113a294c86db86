//! What a program asks of the threads that share the work on few examples.

use super::aligned::{AlignedBuffer, padded};
use super::memory::buffer_bytes;
use crate::kernels::team::{self, Team};

/// What kernels ask for that share the work on few examples.
#[derive(Clone, Copy, Debug)]
pub struct TeamNeeds {
    /// The most parts into which one cuts its work.
    parts: usize,
    /// The most floats of scratch for each of the threads.
    scratch_len: usize,
}

impl TeamNeeds {
    /// Enough for each of some kernels: the parts of its work and scratch for each.
    pub const fn of(kernels: &[[usize; 2]]) -> Self {
        let [parts, scratch_len] = team::most(kernels);
        let scratch_len = padded(scratch_len);
        Self { parts, scratch_len }
    }

    /// For [`Team::with_pool`].
    pub(super) const fn parts_and_scratch(&self) -> [usize; 2] {
        [self.parts, self.scratch_len]
    }

    /// Floats of scratch for all of `threads` threads, if anything is shared among them.
    pub(super) const fn len(&self, threads: usize) -> Option<usize> {
        if threads < 2 || self.parts < 2 {
            return None;
        }
        Some(
            self.scratch_len
                .saturating_mul(Team::size(threads, self.parts)),
        )
    }

    /// The bytes of these, and of what holds them.
    pub(super) const fn bytes(&self, threads: usize) -> u128 {
        match self.len(threads) {
            None => 0,
            Some(len) => buffer_bytes(4 * len as u128),
        }
    }

    /// Whether the threads of a team are better used than those that take a lane each, where a batch has so many lanes: a fifth of
    /// a lane's work is taken not to be shared.
    ///
    /// Results don't depend on it.
    pub(super) const fn is_worth_it(lanes: usize, threads: usize) -> bool {
        let rounds = lanes.div_ceil(threads);
        lanes * (threads + 4) < 5 * rounds * threads
    }

    /// The scratch.
    pub(super) fn scratch(&self, threads: usize) -> Option<AlignedBuffer> {
        self.len(threads).map(AlignedBuffer::zeroed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_thread_has_scratch_if_anything_is_shared() {
        let needs = TeamNeeds::of(&[[3, 20], [2, 40], [1, 0]]);
        assert_eq!(needs.parts_and_scratch(), [3, 48]);
        let lens = [1, 2, 3, 8].map(|threads| needs.len(threads));
        assert_eq!(lens, [None, Some(96), Some(144), Some(144)]);
        assert_eq!(needs.bytes(2), buffer_bytes(4 * 96));
        assert_eq!(TeamNeeds::of(&[[1, 0]]).len(8), None);
        assert_eq!(TeamNeeds::of(&[]).bytes(8), 0);
    }

    #[test]
    fn lanes_that_leave_threads_idle_are_shared() {
        let worth = |threads| (1..=9).filter(move |&lanes| TeamNeeds::is_worth_it(lanes, threads));
        assert_eq!(worth(1).count(), 0);
        assert_eq!(worth(2).collect::<Vec<_>>(), [1, 3]);
        assert_eq!(worth(4).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(worth(8).collect::<Vec<_>>(), [1, 2, 3]);
    }
}

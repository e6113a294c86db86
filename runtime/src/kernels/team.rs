//! The work of one kernel on one example, shared out among threads.
//!
//! What is shared are results, never the terms of a sum: whoever computes a number computes it in the same order, so the bits are
//! those of one thread. Into how many parts the work is cut depends on sizes alone.

use std::sync::{Mutex, PoisonError};

use crate::crew::Crew;
use crate::kernels::length::product;

/// Operations that make a part of a kernel's work worth handing out: five to ten microseconds of a thread.
const PART_FLOPS: u64 = 1 << 20;

/// The most parts of one kernel's work.
pub(in crate::kernels) const MOST_PARTS: usize = 16;

/// Into how many parts work of `flops` operations is cut, where it can be cut into `most`.
pub(in crate::kernels) const fn parts(flops: u64, most: usize) -> usize {
    let most = if most < MOST_PARTS { most } else { MOST_PARTS };
    let worth = flops / PART_FLOPS;
    if worth >= most as u64 {
        if most > 1 { most } else { 1 }
    } else if worth > 1 {
        worth as usize
    } else {
        1
    }
}

/// The threads that a kernel may share its work with, and the scratch of its parts.
#[derive(Default)]
pub struct Team<'a> {
    /// None where the kernel has its thread alone.
    shared: Option<(&'a Crew, &'a mut [f32])>,
}

impl Team<'_> {
    /// One thread.
    pub const fn alone() -> Self {
        Self { shared: None }
    }

    /// Runs `body` with the threads of the current rayon pool, of which kernels that cut their work into up to `parts` parts find
    /// something to do for so many; `scratch` is as long as they ask for.
    pub fn with_pool<R: Send>(
        parts: usize,
        scratch: &mut [f32],
        body: impl FnOnce(Team<'_>) -> R + Send,
    ) -> R {
        let threads = rayon::current_num_threads().min(parts);
        Crew::with(threads.saturating_sub(1), |crew| {
            body(Team {
                shared: Some((crew, scratch)),
            })
        })
    }

    /// The same, lent for as long as this value isn't used.
    pub fn again(&mut self) -> Team<'_> {
        let shared = self.shared.as_mut();
        Team {
            shared: shared.map(|(crew, scratch)| (*crew, &mut **scratch)),
        }
    }

    /// Whether a kernel has its thread alone.
    pub fn is_alone(&self) -> bool {
        self.shared.is_none()
    }

    /// Runs `task(number, part of y, scratch)` for each part, if there is one thread for all of it; part `number` of `y` begins at
    /// `start(number)`, and has `scratch_len` numbers of scratch.
    ///
    /// # Panics
    ///
    /// If there are too many parts, the scratch is too short or parts don't begin in order within `y`.
    pub(in crate::kernels) fn share(
        &mut self,
        parts: usize,
        mut y: &mut [f32],
        start: &dyn Fn(usize) -> usize,
        scratch_len: usize,
        task: &PartTask<'_>,
    ) {
        let Some((crew, scratch)) = &mut self.shared else {
            return task(0, y, &mut []);
        };
        let mut scratch = &mut scratch[..product([parts, scratch_len])];
        let mut places: [Place<'_>; MOST_PARTS] = Default::default();
        for (number, place) in places[..parts].iter_mut().enumerate() {
            let end = if number + 1 < parts {
                start(number + 1) - start(number)
            } else {
                y.len()
            };
            let (part, y_rest) = y.split_at_mut(end);
            let (own, scratch_rest) = scratch.split_at_mut(scratch_len);
            *place = Mutex::new(Some((part, own)));
            (y, scratch) = (y_rest, scratch_rest);
        }
        crew.run(parts, &|number| {
            let place = places[number].lock();
            let taken = place.unwrap_or_else(PoisonError::into_inner).take();
            if let Some((y, scratch)) = taken {
                task(number, y, scratch);
            }
        });
    }
}

/// What is done with a part: its number, the part of the result, scratch.
type PartTask<'t> = dyn Fn(usize, &mut [f32], &mut [f32]) + Sync + 't;

/// One part of a result and its scratch, until somebody takes them.
type Place<'a> = Mutex<Option<(&'a mut [f32], &'a mut [f32])>>;

/// A pool that runs on this thread: what [`on_every_isa`](crate::simd::on_every_isa) asks for holds for it alone.
#[cfg(test)]
pub(in crate::kernels) fn pool_of_this_thread() -> rayon::ThreadPool {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1);
    pool.use_current_thread().build().expect("a pool")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_cut_where_it_is_worth_it() {
        assert_eq!(parts(0, 9), 1);
        assert_eq!(parts(2 * PART_FLOPS - 1, 9), 1);
        assert_eq!(parts(2 * PART_FLOPS, 9), 2);
        assert_eq!(parts(u64::MAX, 9), 9);
        assert_eq!(parts(u64::MAX, 0), 1);
        assert_eq!(parts(u64::MAX, 1000), MOST_PARTS);
    }

    #[test]
    fn each_part_has_its_own_numbers() {
        let (mut scratch, mut y) = ([0.0; 6], [0.0; 7]);
        let start = |part: usize| [0, 1, 5][part];
        let task = |number: usize, y: &mut [f32], scratch: &mut [f32]| {
            assert_eq!((y.len(), scratch.len()), ([1, 4, 2][number], 2));
            scratch.fill(number as f32);
            y.fill(1.0 + number as f32);
        };
        Team::with_pool(3, &mut scratch, |mut team| {
            team.share(3, &mut y, &start, 2, &task)
        });
        assert_eq!(y, [1.0, 2.0, 2.0, 2.0, 2.0, 3.0, 3.0]);
        assert_eq!(scratch, [0.0, 0.0, 1.0, 1.0, 2.0, 2.0]);
    }
}

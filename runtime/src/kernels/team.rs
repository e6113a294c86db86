//! The work of one kernel on one example, shared out among threads.
//!
//! What is shared are results, never the terms of a sum: whoever computes a number computes it in the same order, so the bits are
//! those of one thread. Into how many parts the work is cut depends on sizes alone.

use std::sync::{Mutex, MutexGuard, PoisonError};

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

/// The most of each of some needs, each parts and scratch of one kernel: what a [`Team`] must have to serve them all.
pub const fn most(needs: &[[usize; 2]]) -> [usize; 2] {
    let (mut most, mut i) = ([0; 2], 0);
    while i < needs.len() {
        let mut j = 0;
        while j < 2 {
            if needs[i][j] > most[j] {
                most[j] = needs[i][j];
            }
            j += 1;
        }
        i += 1;
    }
    most
}

/// The threads that a kernel may share its work with, and scratch for each.
#[derive(Default)]
pub struct Team<'a> {
    /// None where the kernel has its thread alone.
    shared: Option<Shared<'a>>,
}

struct Shared<'a> {
    crew: &'a Crew,
    /// Whoever leads and those who help.
    threads: usize,
    scratch: &'a mut [f32],
}

impl Team<'_> {
    /// One thread.
    pub const fn alone() -> Self {
        Self { shared: None }
    }

    /// How many of `threads` threads find work where kernels cut theirs into up to `parts` parts.
    pub const fn size(threads: usize, parts: usize) -> usize {
        let most = if parts < MOST_PARTS {
            parts
        } else {
            MOST_PARTS
        };
        if threads < most { threads } else { most }
    }

    /// Runs `body` with threads of the current rayon pool for kernels with these `needs` ([`most`]), as many as find work and have
    /// their part of `scratch`.
    pub fn with_pool<R: Send>(
        [parts, scratch_len]: [usize; 2],
        scratch: &mut [f32],
        body: impl FnOnce(Team<'_>) -> R + Send,
    ) -> R {
        let threads = Self::size(rayon::current_num_threads(), parts);
        let threads = match scratch.len().checked_div(scratch_len) {
            Some(served) => threads.min(served),
            None => threads,
        };
        Crew::with(threads.saturating_sub(1), |crew| {
            let shared = Shared {
                crew,
                threads,
                scratch,
            };
            body(Team {
                // Without scratch for anybody nothing is shared.
                shared: (threads > 0).then_some(shared),
            })
        })
    }

    /// The same, lent for as long as this value isn't used.
    pub fn again(&mut self) -> Team<'_> {
        let shared = self.shared.as_mut();
        Team {
            shared: shared.map(|shared| Shared {
                scratch: &mut *shared.scratch,
                ..*shared
            }),
        }
    }

    /// Whether a kernel has its thread alone.
    pub fn is_alone(&self) -> bool {
        self.shared.is_none()
    }

    /// Runs `task(number, part of y, scratch)` for each part, with `scratch_len` numbers of scratch; part `number` of `y` begins at
    /// `start(number)`. Alone, `task(0, y, no scratch)`.
    ///
    /// # Panics
    ///
    /// If there are too many parts, the scratch is too short or parts don't begin in order within `y`.
    pub(in crate::kernels) fn share(
        &mut self,
        parts: usize,
        y: &mut [f32],
        start: &dyn Fn(usize) -> usize,
        scratch_len: usize,
        task: &PartTask<'_>,
    ) {
        if self.is_alone() {
            return task(0, y, &mut []);
        }
        let task = |number, y: &mut [f32], scratch: &mut [f32]| task(number, y, scratch);
        self.each(parts, &mut cuts(parts, y, start), scratch_len, &task);
    }

    /// Runs `task(number, part(number), scratch)` for each of `parts` parts, with `scratch_len` numbers of scratch, which hold
    /// whatever was left there.
    ///
    /// # Panics
    ///
    /// If there is no team, there are too many parts or the scratch is too short.
    pub(in crate::kernels) fn each<T: Send>(
        &mut self,
        parts: usize,
        part: &mut dyn FnMut(usize) -> T,
        scratch_len: usize,
        task: &(dyn Fn(usize, T, &mut [f32]) + Sync),
    ) {
        let Shared {
            crew,
            threads,
            scratch,
        } = self.shared.as_mut().expect("a team to share with");
        let places: [Place<T>; MOST_PARTS] =
            std::array::from_fn(|number| Mutex::new((number < parts).then(|| part(number))));
        let places = &places[..parts];
        let mut rest = &mut scratch[..product([*threads, scratch_len])];
        let scratches: [Mutex<&mut [f32]>; MOST_PARTS] = std::array::from_fn(|_| {
            let rest_len = rest.len();
            let (own, others) = std::mem::take(&mut rest).split_at_mut(scratch_len.min(rest_len));
            rest = others;
            Mutex::new(own)
        });
        crew.run(parts, &|number, who| {
            let taken = unlocked(&places[number]).take();
            if let Some(part) = taken {
                task(number, part, &mut unlocked(&scratches[who]));
            }
        });
    }
}

/// The parts of `y`, one after the other; part `number` begins at `start(number)`.
///
/// # Panics
///
/// When a part is taken that begins before the one before it or ends behind `y`.
pub(in crate::kernels) fn cuts<'y>(
    parts: usize,
    mut y: &'y mut [f32],
    start: &dyn Fn(usize) -> usize,
) -> impl FnMut(usize) -> &'y mut [f32] {
    move |number| {
        let len = match number + 1 < parts {
            true => start(number + 1) - start(number),
            false => y.len(),
        };
        let (part, rest) = std::mem::take(&mut y).split_at_mut(len);
        y = rest;
        part
    }
}

fn unlocked<T>(place: &Mutex<T>) -> MutexGuard<'_, T> {
    // After a panic in a part the numbers in it mean nothing, and the panic goes on.
    place.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is done with a part of a result: its number, the part, scratch.
type PartTask<'t> = dyn Fn(usize, &mut [f32], &mut [f32]) + Sync + 't;

/// What a part has for itself, until somebody takes it.
type Place<T> = Mutex<Option<T>>;

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
        Team::with_pool([3, 2], &mut scratch, |mut team| {
            assert!(!team.is_alone());
            team.again().share(3, &mut y, &start, 2, &task)
        });
        assert_eq!(y, [1.0, 2.0, 2.0, 2.0, 2.0, 3.0, 3.0]);
        y.fill(0.0);
        let all = |number: usize, y: &mut [f32], scratch: &mut [f32]| {
            assert_eq!((number, scratch.len()), (0, 0));
            y.fill(9.0);
        };
        Team::alone().share(3, &mut y, &start, 2, &all);
        assert_eq!(y, [9.0; 7]);
    }

    #[test]
    fn a_thread_without_scratch_does_not_help() {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(3);
        pool.build().expect("a pool").install(|| {
            for (len, threads) in [(0, 0), (4, 0), (5, 1), (14, 2), (100, 3)] {
                let mut scratch = vec![0.0; len];
                Team::with_pool([16, 5], &mut scratch, |team| {
                    let found = team.shared.map_or(0, |shared| shared.threads);
                    assert_eq!(found, threads, "{len}");
                });
            }
        });
        assert_eq!(Team::size(8, 3), 3);
        assert_eq!(Team::size(100, 100), MOST_PARTS);
        assert_eq!(most(&[[2, 7], [3, 5], [0, 0]]), [3, 7]);
    }
}

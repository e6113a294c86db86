//! Memory that tasks share by turns.

use std::sync::{Mutex, PoisonError, TryLockError};

use super::aligned::AlignedBuffer;
use crate::tasks::{Cut, for_each_part, one_by_one};

/// A batch of fewer operations than this runs on one thread: handing it out would take longer.
pub const SERIAL_FLOPS: u64 = 400_000;

/// A prediction of fewer operations than this isn't handed to a pool by a thread outside of it: a thread of the pool
/// and then the one that waits would take longer to wake than others can help.
pub const HANDED_OVER_FLOPS: u64 = 100_000_000;

/// Memory that tasks borrow while they run: one arena for each thread of the pool, and more where tasks nest.
///
/// A task owns its arena from begin to end, whichever thread runs it. That matters where what it calls (a loss of the user's)
/// waits for rayon tasks of its own: its thread may take another task of ours meanwhile, which must not get the same memory.
pub struct Arenas {
    arenas: Vec<Mutex<AlignedBuffer>>,
    /// Arenas beyond one for each thread; made when they are first needed, kept for the next time.
    spare: Mutex<Vec<AlignedBuffer>>,
    len: usize,
}

impl Arenas {
    /// Arenas for one thread or more: the first of `len` numbers, the others of `other_len`.
    pub fn new(threads: usize, len: usize, other_len: usize) -> Self {
        let others = (1..threads).map(|_| other_len);
        let lens = std::iter::once(len).chain(others);
        Self {
            arenas: lens
                .map(|len| Mutex::new(AlignedBuffer::zeroed(len)))
                .collect(),
            spare: Mutex::new(Vec::new()),
            len,
        }
    }

    /// Runs `task(0, part, arena)`, `task(1, part, arena)`, … as [`for_each_part`] does. What an arena holds at first is whatever
    /// was left there.
    ///
    /// Allocates only when the pool has grown, or when tasks nest.
    pub fn for_each_part<P: Cut>(
        &mut self,
        all: P,
        tasks: usize,
        serial: bool,
        task: &(dyn Fn(usize, P, &mut [f32]) + Sync),
    ) {
        if serial || tasks <= 1 {
            let arena = self.first();
            return one_by_one(all, tasks, &mut |number, part| task(number, part, arena));
        }
        while self.arenas.len() < rayon::current_num_threads() {
            self.arenas
                .push(Mutex::new(AlignedBuffer::zeroed(self.len)));
        }
        let arenas = &*self;
        for_each_part(all, tasks, false, &|number, part| {
            arenas.with(|arena| task(number, part, arena));
        });
    }

    /// The first arena: nobody else can have it, so there is nothing to lock.
    pub fn first(&mut self) -> &mut [f32] {
        self.arenas[0]
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `body` on an arena that nobody else has meanwhile: that of this thread if it is free, since it lies in its
    /// cache, or else another.
    fn with<R>(&self, body: impl FnOnce(&mut [f32]) -> R) -> R {
        let thread = rayon::current_thread_index().unwrap_or(0);
        for index in 0..self.arenas.len() {
            match self.arenas[(thread + index) % self.arenas.len()].try_lock() {
                Ok(mut arena) => return body(&mut arena),
                // After a panic in a task the numbers in it mean as little as ever.
                Err(TryLockError::Poisoned(arena)) => return body(&mut arena.into_inner()),
                Err(TryLockError::WouldBlock) => {}
            }
        }
        let spare = || self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = spare().pop();
        let mut arena = kept.unwrap_or_else(|| AlignedBuffer::zeroed(self.len));
        let result = body(&mut arena);
        spare().push(arena);
        result
    }
}

/// Where a slice lies of which tasks change disjoint parts, interleaved so that it can't be cut among them.
#[derive(Clone, Copy)]
pub struct Shared<T> {
    base: *mut T,
    len: usize,
}

// SAFETY: it is an address and a length; whoever reads or writes there vouches for it (`Buffers::new`).
unsafe impl<T: Send> Send for Shared<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for Shared<T> {}

impl<T> Shared<T> {
    pub fn new(slice: &mut [T]) -> Self {
        Self {
            base: slice.as_mut_ptr(),
            len: slice.len(),
        }
    }

    pub fn base(&self) -> *mut T {
        self.base
    }

    pub fn len(&self) -> usize {
        self.len
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_tasks_have_arenas_of_their_own() {
        let arenas = Arenas::new(2, 4, 4);
        fn nest(arenas: &Arenas, depth: usize) {
            arenas.with(|arena| {
                arena.fill(depth as f32);
                if depth > 0 {
                    nest(arenas, depth - 1);
                }
                assert_eq!(arena, [depth as f32; 4]);
            });
        }
        for _ in 0..2 {
            nest(&arenas, 5);
            assert_eq!(arenas.spare.lock().unwrap().len(), 4);
        }
    }

    #[test]
    fn an_arena_is_free_again_after_a_panic() {
        let arenas = Arenas::new(1, 4, 4);
        let panics = || arenas.with(|_| panic!("of the user's"));
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(panics)).is_err());
        arenas.with(|arena| arena.fill(1.0));
        assert!(arenas.spare.lock().unwrap().is_empty());
    }
}

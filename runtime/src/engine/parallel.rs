//! Running numbered tasks on the threads of the current rayon pool, and memory that tasks share by turns.

use std::ops::Range;
use std::sync::{Mutex, PoisonError, TryLockError};

use super::aligned::AlignedBuffer;

/// A batch of fewer operations than this runs on one thread: handing it out would take longer.
pub const SERIAL_FLOPS: u64 = 400_000;

/// Memory that can be cut in two, so that tasks may change a part each.
pub trait Cut: Send + Sized {
    /// What lies before the part of task number `task`, and the rest.
    fn cut(self, task: usize) -> (Self, Self);
}

/// Nothing to change.
impl Cut for () {
    fn cut(self, _: usize) -> (Self, Self) {
        ((), ())
    }
}

/// Runs `task(0, part)`, `task(1, part)`, … each with its part of `all`, on the current rayon pool, or on this thread alone.
///
/// Called inside a pool it allocates nothing: `rayon::join` keeps its jobs on the stack.
pub fn for_each_part<P: Cut>(all: P, tasks: usize, serial: bool, task: &(dyn Fn(usize, P) + Sync)) {
    if serial || tasks <= 1 {
        one_by_one(all, tasks, &mut |number, part| task(number, part));
    } else {
        halves(all, 0..tasks, task);
    }
}

fn one_by_one<P: Cut>(mut all: P, tasks: usize, task: &mut dyn FnMut(usize, P)) {
    let Some(last) = tasks.checked_sub(1) else {
        return;
    };
    for number in 0..last {
        let (part, rest) = all.cut(number + 1);
        task(number, part);
        all = rest;
    }
    task(last, all);
}

fn halves<P: Cut>(all: P, tasks: Range<usize>, task: &(dyn Fn(usize, P) + Sync)) {
    if tasks.len() == 1 {
        return task(tasks.start, all);
    }
    let middle = tasks.start + tasks.len().div_ceil(2);
    let (before, rest) = all.cut(middle);
    rayon::join(
        || halves(before, tasks.start..middle, task),
        || halves(rest, middle..tasks.end, task),
    );
}

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
    /// Arenas of `len` numbers for one thread or more.
    pub fn new(threads: usize, len: usize) -> Self {
        Self {
            arenas: (0..threads.max(1))
                .map(|_| Mutex::new(AlignedBuffer::zeroed(len)))
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
            // Nobody else can have it, so there is nothing to lock.
            let arena = self.arenas[0]
                .get_mut()
                .unwrap_or_else(PoisonError::into_inner);
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
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn every_task_runs_once() {
        for tasks in [0, 1, 2, 7, 33] {
            let counts: Vec<AtomicUsize> = (0..tasks).map(|_| AtomicUsize::new(0)).collect();
            for_each_part((), tasks, tasks == 7, &|i, ()| {
                counts[i].fetch_add(1, Ordering::Relaxed);
            });
            assert!(counts.iter().all(|c| c.load(Ordering::Relaxed) == 1));
        }
    }

    #[test]
    fn nested_tasks_have_arenas_of_their_own() {
        let arenas = Arenas::new(2, 4);
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
        let arenas = Arenas::new(1, 4);
        let panics = || arenas.with(|_| panic!("of the user's"));
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(panics)).is_err());
        arenas.with(|arena| arena.fill(1.0));
        assert!(arenas.spare.lock().unwrap().is_empty());
    }
}

//! Running numbered tasks on the threads of the current rayon pool, and memory that tasks share by turns.

use std::sync::{Mutex, PoisonError, TryLockError};

use super::aligned::AlignedBuffer;

/// A batch of fewer operations than this runs on one thread: handing it out would take longer.
pub const SERIAL_FLOPS: u64 = 400_000;

/// Runs `task(0)`, `task(1)`, … on the current rayon pool, or on this thread alone.
///
/// Called inside a pool it allocates nothing: `rayon::join` keeps its jobs on the stack.
pub fn for_each(tasks: usize, serial: bool, task: &(dyn Fn(usize) + Sync)) {
    if serial || tasks <= 1 {
        (0..tasks).for_each(task);
    } else {
        halves(0, tasks, task);
    }
}

fn halves(from: usize, to: usize, task: &(dyn Fn(usize) + Sync)) {
    if to - from == 1 {
        return task(from);
    }
    let middle = from + (to - from).div_ceil(2);
    rayon::join(|| halves(from, middle, task), || halves(middle, to, task));
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

    /// Runs `task(0, arena)`, `task(1, arena)`, … as [`for_each`] does. What an arena holds at first is whatever was left there.
    ///
    /// Allocates only when the pool has grown, or when tasks nest.
    pub fn for_each(
        &mut self,
        tasks: usize,
        serial: bool,
        task: &(dyn Fn(usize, &mut [f32]) + Sync),
    ) {
        if serial || tasks <= 1 {
            // Nobody else can have it, so there is nothing to lock.
            let arena = self.arenas[0]
                .get_mut()
                .unwrap_or_else(PoisonError::into_inner);
            return (0..tasks).for_each(|index| task(index, arena));
        }
        while self.arenas.len() < rayon::current_num_threads() {
            self.arenas
                .push(Mutex::new(AlignedBuffer::zeroed(self.len)));
        }
        let arenas = &*self;
        for_each(tasks, false, &|index| {
            arenas.with(|arena| task(index, arena))
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

/// A slice of which tasks change disjoint parts.
#[derive(Clone, Copy)]
pub struct Shared<T> {
    base: *mut T,
    len: usize,
}

// SAFETY: the parts that tasks take are disjoint, which `part` asks of its caller.
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

    /// The elements `from..from + len`.
    ///
    /// # Safety
    ///
    /// The slice must still be borrowed for this value alone, and no two parts in use at the same time may overlap.
    pub unsafe fn part<'a>(&self, from: usize, len: usize) -> &'a mut [T] {
        assert!(
            from <= self.len && len <= self.len - from,
            "{len} elements from {from} on, of {}",
            self.len
        );
        // SAFETY: within the slice (above), and not overlapping another part (the caller).
        unsafe { std::slice::from_raw_parts_mut(self.base.add(from), len) }
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
            for_each(tasks, false, &|i| {
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

//! Running numbered tasks on the threads of the current rayon pool, and memory that tasks share by turns.

use std::cell::UnsafeCell;

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

/// One arena for each thread of the pool.
pub struct Arenas {
    arenas: Vec<UnsafeCell<AlignedBuffer>>,
    len: usize,
}

// SAFETY: `with` hands an arena to one thread at a time only (see there).
unsafe impl Sync for Arenas {}

impl Arenas {
    pub fn new(threads: usize, len: usize) -> Self {
        Self {
            arenas: (0..threads)
                .map(|_| UnsafeCell::new(AlignedBuffer::zeroed(len)))
                .collect(),
            len,
        }
    }

    /// Makes room for the threads of the current pool; allocates only when the pool has grown.
    pub fn fit(&mut self, threads: usize) {
        while self.arenas.len() < threads {
            self.arenas
                .push(UnsafeCell::new(AlignedBuffer::zeroed(self.len)));
        }
    }

    /// Runs `body` on the arena of this thread.
    ///
    /// # Safety
    ///
    /// All threads that use these arenas at the same time must belong to one pool for which [`fit`](Self::fit) has made
    /// room (or be one thread alone), and `body` must neither call `with` nor run other rayon tasks.
    pub unsafe fn with<R>(&self, body: impl FnOnce(&mut [f32]) -> R) -> R {
        // A serial caller has one arena, whichever thread of a pool it runs on; any other has one for each (`fit`).
        let thread = rayon::current_thread_index()
            .unwrap_or(0)
            .min(self.arenas.len() - 1);
        // SAFETY: threads of one pool have different indices, and `body` doesn't come back here before it has ended.
        body(unsafe { &mut *self.arenas[thread].get() })
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
}

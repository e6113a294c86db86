//! Counts allocations.
//!
//! Only the threads of the pool that is measured are counted: the test harness and the threads of pools that are
//! ending allocate when they please.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::ThreadPool;

/// An allocator that counts allocations and the bytes in use.
pub struct Counting;

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);
static BYTES: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// Whether what this thread does counts.
    static COUNTED: Cell<bool> = const { Cell::new(false) };
}

/// Counts an allocation, and bytes taken and given back.
fn count(allocations: usize, taken: usize, given_back: usize) {
    if COUNTED.get() {
        ALLOCATIONS.fetch_add(allocations, Ordering::SeqCst);
        BYTES.fetch_add(taken, Ordering::SeqCst);
        BYTES.fetch_sub(given_back, Ordering::SeqCst);
    }
}

// SAFETY: everything is left to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(1, layout.size(), 0);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(1, layout.size(), 0);
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(1, size, layout.size());
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(0, 0, layout.size());
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// Runs on the threads of a pool, counting what they do.
pub fn counted<T: Send>(pool: &ThreadPool, run: impl FnOnce() -> T + Send) -> T {
    // Lets every thread look for work once, which is when rayon makes what it keeps for each.
    pool.broadcast(|_| COUNTED.set(true));
    let result = pool.install(run);
    pool.broadcast(|_| COUNTED.set(false));
    result
}

/// How many allocations `run` makes.
pub fn allocations(run: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.load(Ordering::SeqCst);
    run();
    ALLOCATIONS.load(Ordering::SeqCst) - before
}

/// How many bytes more are in use after `make`, with what it made.
pub fn bytes<T>(make: impl FnOnce() -> T) -> (usize, T) {
    let before = BYTES.load(Ordering::SeqCst);
    let made = make();
    // Below 0 where a counted thread frees what was taken before it was counted.
    let more = BYTES.load(Ordering::SeqCst).wrapping_sub(before);
    (more, made)
}

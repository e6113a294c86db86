//! The allocator of the crate's tests, which counts: no kernel allocates.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use crate::simd::{Kernel, Simd, dispatch};

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: everything is left to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Runs a kernel, and fails if it allocates in this thread.
#[track_caller]
pub fn quiet(kernel: impl FnOnce()) {
    // The first kernel finds the instruction set, for which it may read an environment variable.
    dispatch(Nothing);
    let before = ALLOCATIONS.get();
    kernel();
    let count = ALLOCATIONS.get() - before;
    assert_eq!(count, 0, "the kernel allocates");
}

struct Nothing;

impl Kernel for Nothing {
    type Output = ();
    fn run<S: Simd>(self, _: S) {}
}

#[test]
#[should_panic(expected = "the kernel allocates")]
fn what_allocates_is_found() {
    quiet(|| drop(std::hint::black_box(vec![0.0_f32; 16])));
}

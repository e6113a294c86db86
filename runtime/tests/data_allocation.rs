//! Batches are prepared without allocating once the buffers have grown.

use ndarray::Array4;
use shapeflow_runtime::data::augment::{
    Border, Brightness, Cutout, HorizontalFlip, Pipeline, RandomCrop, Rotate,
};
use shapeflow_runtime::data::{BatchPool, BatchSource, Classes, Dataset, Pass};
use std::alloc::{GlobalAlloc, Layout, System};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The system's allocator, counting the allocations of all threads.
struct Counting;

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is passed on to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller keeps to the contract of `alloc`, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps to the contract of `dealloc`, which is the same.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Allocations between the first batch of the second pass and its last.
fn allocations(source: &dyn BatchSource) -> usize {
    let mut pool = BatchPool::new();
    let mut go_on = |_: &_| ControlFlow::Continue(());
    source
        .pass(&Pass::training(8, 1, 0), &mut pool, &mut go_on)
        .expect("a proper pass");
    let (mut first, mut last) = (None, 0);
    source
        .pass(&Pass::training(8, 1, 1), &mut pool, &mut |batch| {
            batch.with_views(|inputs, targets| assert_eq!((inputs.len(), targets.len()), (1, 1)));
            last = ALLOCATIONS.load(Ordering::Relaxed);
            first.get_or_insert(last);
            ControlFlow::Continue(())
        })
        .expect("a proper pass");
    last - first.expect("at least one batch")
}

/// One test, so that no other runs beside it and allocates.
#[test]
fn batches_are_prepared_without_allocating() {
    let pictures = Dataset::new(Array4::zeros((800, 8, 8, 3)), Classes(vec![0; 800]))
        .expect("a proper data set");
    assert_eq!(allocations(&pictures), 0, "plain");
    let pipeline = Pipeline::new()
        .with(HorizontalFlip::default())
        .with(RandomCrop::new(2).border(Border::Reflect))
        .sometimes(0.5, Rotate::new(10.0))
        .with(Brightness::new(0.2))
        .with(Cutout::new(3));
    let augmented = pictures.augment(pipeline).expect("a proper pipeline");
    assert_eq!(
        allocations(&augmented.clone().threads(0)),
        0,
        "augmented on the training thread"
    );
    // A background thread that starts late allocates its scratch and its place in the queue while batches are used.
    let (short, threads) = (allocations(&augmented.threads(2)), 2);
    assert!(
        short <= 8 * threads,
        "{short} allocations for 100 batches on {threads} background threads"
    );
}

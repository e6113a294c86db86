//! Preparing batches ahead of their use, on background threads, in a ring of buffers.

use super::BatchBuffers;
use std::ops::{ControlFlow, Range};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Hands the batches to `visit` in order while `threads` background threads fill the next ones.
///
/// Batch `b` is filled into slot `b % slots.len()`, by whichever thread comes first, with the function that `worker`
/// made for that thread. Nothing is allocated per batch.
pub(super) fn prefetch<Fill: FnMut(usize, &mut BatchBuffers)>(
    batches: Range<usize>,
    slots: &mut [BatchBuffers],
    threads: usize,
    worker: &(impl Fn() -> Fill + Sync),
    mut visit: impl FnMut(&BatchBuffers) -> ControlFlow<()>,
) {
    let slots: Vec<Mutex<&mut BatchBuffers>> = slots.iter_mut().map(Mutex::new).collect();
    let queue = Queue::new(batches.clone(), slots.len());
    thread::scope(|scope| {
        // Also when `visit` panics: the scope waits for its threads, which must end.
        let _stop = Stop {
            queue: &queue,
            always: true,
        };
        for _ in 0..threads {
            scope.spawn(|| {
                let _stop = Stop {
                    queue: &queue,
                    always: false,
                };
                let mut fill = worker();
                while let Some(batch) = queue.claim() {
                    fill(batch, &mut lock(&slots[batch % slots.len()]));
                    queue.filled(batch);
                }
            });
        }
        for batch in batches {
            if !queue.wait_for(batch) || visit(&lock(&slots[batch % slots.len()])).is_break() {
                break;
            }
            queue.used(batch);
        }
    });
}

/// Which batches are being filled, are full, and have been used.
struct Queue {
    state: Mutex<State>,
    room: Condvar,
    full: Condvar,
}

struct State {
    /// The next batch that nobody fills yet.
    next: usize,
    end: usize,
    /// All batches before this one have been used.
    used: usize,
    /// The batch that each slot holds ready.
    full: Vec<Option<usize>>,
    stopped: bool,
}

impl Queue {
    fn new(batches: Range<usize>, slots: usize) -> Self {
        let state = State {
            next: batches.start,
            end: batches.end,
            used: batches.start,
            full: vec![None; slots],
            stopped: false,
        };
        Self {
            state: Mutex::new(state),
            room: Condvar::new(),
            full: Condvar::new(),
        }
    }

    /// The next batch to fill, once its slot is free; `None` when there is none left.
    fn claim(&self) -> Option<usize> {
        let mut state = lock(&self.state);
        loop {
            if state.stopped || state.next >= state.end {
                return None;
            }
            if state.next < state.used + state.full.len() {
                state.next += 1;
                return Some(state.next - 1);
            }
            state = self
                .room
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn filled(&self, batch: usize) {
        let mut state = lock(&self.state);
        let slot = batch % state.full.len();
        state.full[slot] = Some(batch);
        self.full.notify_one();
    }

    /// Waits until a batch is full; `false` if it never will be, because a thread has panicked.
    fn wait_for(&self, batch: usize) -> bool {
        let mut state = lock(&self.state);
        loop {
            let slot = batch % state.full.len();
            if state.full[slot] == Some(batch) {
                return true;
            }
            if state.stopped {
                return false;
            }
            state = self
                .full
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn used(&self, batch: usize) {
        lock(&self.state).used = batch + 1;
        self.room.notify_all();
    }

    fn stop(&self) {
        lock(&self.state).stopped = true;
        self.room.notify_all();
        self.full.notify_all();
    }
}

/// Stops the queue when it goes out of scope: always, or only in a panic.
struct Stop<'a> {
    queue: &'a Queue,
    always: bool,
}

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        if self.always || thread::panicking() {
            self.queue.stop();
        }
    }
}

/// Nothing here is left half-changed by a panic, which ends the pass anyway.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

//! Running numbered tasks on the threads of the current rayon pool, each with its part of what they change.

use crate::trace;
use std::ops::Range;

/// Memory that can be cut in two, so that tasks may change a part each.
pub(crate) trait Cut: Send + Sized {
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
pub(crate) fn for_each_part<P: Cut>(
    all: P,
    tasks: usize,
    serial: bool,
    task: &(dyn Fn(usize, P) + Sync),
) {
    if serial || tasks <= 1 {
        one_by_one(all, tasks, &mut |number, part| task(number, part));
    } else if trace::records() {
        trace::fork(false, |begin| {
            one_by_one(all, tasks, &mut |number, part| {
                begin();
                task(number, part);
            });
        });
    } else {
        halves(all, 0..tasks, task);
    }
}

/// The same on this thread.
pub(crate) fn one_by_one<P: Cut>(mut all: P, tasks: usize, task: &mut dyn FnMut(usize, P)) {
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
}

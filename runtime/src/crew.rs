//! Threads that stand by while one of them goes from one short piece of work to the next.
//!
//! To hand a task to a rayon pool costs some microseconds, and some tens where its threads have gone to sleep meanwhile. A
//! prediction is a row of layers of some ten microseconds each: here the others are asked once, and then wait for the parts of
//! each layer without sleeping. They are a help, not a condition: who leads takes parts too, and all of them where nobody comes.

use crate::trace;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How often one looks before giving the processor to other programs: some microseconds.
const LOOKS: usize = 500;

/// What is to be done: a task for each of some parts.
#[derive(Clone, Copy)]
struct Job {
    task: &'static (dyn Fn(usize) + Sync),
    parts: usize,
}

/// The threads of a rayon pool that share the work of one that leads.
#[derive(Default)]
pub struct Crew {
    job: Mutex<Option<Job>>,
    /// How many jobs there have been, so that one can look without the lock.
    jobs: AtomicUsize,
    /// The next part of the job.
    next: AtomicUsize,
    /// The helpers that work on the job.
    active: AtomicUsize,
    done: AtomicBool,
}

impl Crew {
    /// Runs `lead` on a thread of the current rayon pool, while up to `helpers` others of it stand by.
    pub fn with<R: Send>(helpers: usize, lead: impl FnOnce(&Crew) -> R + Send) -> R {
        let crew = Crew::default();
        if trace::records() {
            return lead(&crew);
        }
        let lead = || {
            // However it ends: helpers wait for it.
            let _done = OnDrop(|| crew.done.store(true, Ordering::Release));
            lead(&crew)
        };
        rayon::join(lead, || crew.gather(helpers)).0
    }

    fn gather(&self, helpers: usize) {
        match helpers {
            0 => {}
            1 => self.help(),
            more => {
                rayon::join(|| self.help(), || self.gather(more - 1));
            }
        }
    }

    /// Runs `task(0)`, `task(1)`, … up to `parts`, each once, on whichever thread comes first.
    pub fn run(&self, parts: usize, task: &(dyn Fn(usize) + Sync)) {
        if trace::records() {
            return trace::fork(true, |begin| {
                (0..parts).for_each(|part| {
                    begin();
                    task(part);
                });
            });
        }
        // SAFETY: helpers find the job only while it stands in `self.job`, and count themselves before they let go of its lock.
        // `ended` takes it away and waits until none is counted, before this function returns or unwinds, which is while `task`
        // lives.
        let task = unsafe {
            std::mem::transmute::<&(dyn Fn(usize) + Sync), &'static (dyn Fn(usize) + Sync)>(task)
        };
        let job = Job { task, parts };
        let _ended = OnDrop(|| {
            *self.job() = None;
            wait(|| self.active.load(Ordering::Acquire) == 0);
        });
        {
            let mut place = self.job();
            // Nobody works on a job, so nobody takes a number of the last one.
            self.next.store(0, Ordering::Relaxed);
            *place = Some(job);
            self.jobs.fetch_add(1, Ordering::Release);
        }
        self.work(job);
    }

    fn job(&self) -> MutexGuard<'_, Option<Job>> {
        self.job.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self, job: Job) {
        loop {
            let part = self.next.fetch_add(1, Ordering::Relaxed);
            if part >= job.parts {
                return;
            }
            (job.task)(part);
        }
    }

    fn help(&self) {
        let mut seen = 0;
        loop {
            let news = || self.jobs.load(Ordering::Acquire) != seen;
            wait(|| news() || self.done.load(Ordering::Acquire));
            if !news() {
                return;
            }
            seen = self.jobs.load(Ordering::Acquire);
            let job = {
                let place = self.job();
                if place.is_some() {
                    self.active.fetch_add(1, Ordering::Relaxed);
                }
                *place
            };
            if let Some(job) = job {
                let _left = OnDrop(|| {
                    self.active.fetch_sub(1, Ordering::Release);
                });
                self.work(job);
            }
        }
    }
}

/// Looks until it is so.
fn wait(is_so: impl Fn() -> bool) {
    let mut looks = 0;
    while !is_so() {
        looks += 1;
        if looks < LOOKS {
            std::hint::spin_loop();
        } else {
            std::thread::yield_now();
        }
    }
}

/// Calls its function when it is dropped, after a panic too.
struct OnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(threads: usize) -> rayon::ThreadPool {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        pool.build().expect("a pool")
    }

    #[test]
    fn each_part_runs_once_and_before_the_end() {
        for threads in [1, 2, 5] {
            pool(threads).install(|| {
                Crew::with(3, |crew| {
                    for parts in (0..40).chain([1000]) {
                        let counts: Vec<_> = (0..parts).map(|_| AtomicUsize::new(0)).collect();
                        crew.run(parts, &|part| {
                            counts[part].fetch_add(1, Ordering::Relaxed);
                        });
                        assert!(
                            counts
                                .iter()
                                .all(|count| count.load(Ordering::Relaxed) == 1)
                        );
                    }
                });
            });
        }
    }

    #[test]
    fn helpers_come() {
        // Both must be there at the same time.
        pool(2).install(|| {
            Crew::with(1, |crew| {
                let there = AtomicUsize::new(0);
                crew.run(2, &|_| {
                    there.fetch_add(1, Ordering::AcqRel);
                    wait(|| there.load(Ordering::Acquire) == 2);
                });
            });
        });
    }

    #[test]
    fn a_panic_of_any_part_comes_out_and_leaves_the_pool_whole() {
        let pool = pool(3);
        for bad in 0..8 {
            let panics = || {
                pool.install(|| {
                    Crew::with(2, |crew| {
                        crew.run(8, &|part| assert_ne!(part, bad, "the part that panics"));
                    });
                });
            };
            assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(panics)).is_err());
            assert_eq!(pool.install(|| Crew::with(2, |_| 7)), 7);
        }
    }
}

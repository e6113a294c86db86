//! Threads that stand by while one of them goes from one short piece of work to the next.
//!
//! To hand a task to a rayon pool costs some microseconds, and some tens where its threads have gone to sleep meanwhile. A
//! prediction is a row of layers of some ten microseconds each: here the others are asked once, and then wait for the parts of
//! each layer without sleeping. They are a help, not a condition: who leads takes parts too, and all of them where nobody comes.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::trace;

/// How often one looks before giving the processor to other programs: some microseconds.
const LOOKS: usize = 500;

/// What is done with a part, by its number and that of who does it: 0 is who leads, helpers count from 1.
type Task<'t> = dyn Fn(usize, usize) + Sync + 't;

/// What is to be done: a task for each of some parts.
#[derive(Clone, Copy)]
struct Job {
    task: &'static Task<'static>,
    parts: usize,
}

thread_local! {
    /// Whether this thread leads a crew. Then it helps none: what it leads can't go on before it comes back from helping, and those whom
    /// it helps may wait for it.
    static LEADS: Cell<bool> = const { Cell::new(false) };
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
            let led = LEADS.replace(true);
            let _leads = OnDrop(|| LEADS.set(led));
            // However it ends: helpers wait for it.
            let _done = OnDrop(|| crew.done.store(true, Ordering::Release));
            lead(&crew)
        };
        rayon::join(lead, || crew.gather(helpers)).0
    }

    fn gather(&self, helpers: usize) {
        match helpers {
            0 => {}
            1 => self.help(1),
            more => {
                rayon::join(|| self.help(more), || self.gather(more - 1));
            }
        }
    }

    /// Runs `task(0, who)`, `task(1, who)`, … up to `parts`, each once, on whichever thread comes first; `who` is its number in
    /// the crew.
    pub fn run(&self, parts: usize, task: &Task<'_>) {
        if trace::records() {
            return trace::fork(true, |begin| {
                (0..parts).for_each(|part| {
                    begin();
                    task(part, 0);
                });
            });
        }
        // SAFETY: helpers find the job only while it stands in `self.job`, and count themselves before they let go of its lock.
        // `ended` takes it away and waits until none is counted, before this function returns or unwinds, which is while `task`
        // lives.
        let task = unsafe { std::mem::transmute::<&Task<'_>, &'static Task<'static>>(task) };
        let job = Job { task, parts };
        let _ended = OnDrop(|| {
            *self.job() = None;
            let is_so = || self.active.load(Ordering::Acquire) == 0;
            wait(is_so, std::thread::yield_now);
        });
        {
            let mut place = self.job();
            // Nobody works on a job, so nobody takes a number of the last one.
            self.next.store(0, Ordering::Relaxed);
            *place = Some(job);
            self.jobs.fetch_add(1, Ordering::Release);
        }
        self.work(job, 0);
    }

    fn job(&self) -> MutexGuard<'_, Option<Job>> {
        self.job.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self, job: Job, who: usize) {
        loop {
            let part = self.next.fetch_add(1, Ordering::Relaxed);
            if part >= job.parts {
                return;
            }
            (job.task)(part, who);
        }
    }

    fn help(&self, who: usize) {
        if LEADS.get() {
            return;
        }
        let mut seen = 0;
        loop {
            let news = || self.jobs.load(Ordering::Acquire) != seen;
            let is_so = || news() || self.done.load(Ordering::Acquire);
            // What else the pool has to do, such as tasks of a loss of one's own, needn't wait for whoever leads.
            wait(is_so, || {
                if rayon::yield_now() != Some(rayon::Yield::Executed) {
                    std::thread::yield_now();
                }
            });
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
                self.work(job, who);
            }
        }
    }
}

/// Looks until it is so, and gives way to others by and by.
fn wait(is_so: impl Fn() -> bool, give_way: impl Fn()) {
    let mut looks = 0;
    while !is_so() {
        looks += 1;
        if looks < LOOKS {
            std::hint::spin_loop();
        } else {
            give_way();
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
                        crew.run(parts, &|part, who| {
                            assert!(who <= 3);
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
                let numbers = [AtomicUsize::new(9), AtomicUsize::new(9)];
                crew.run(2, &|part, who| {
                    numbers[part].store(who, Ordering::Relaxed);
                    there.fetch_add(1, Ordering::AcqRel);
                    let both = || there.load(Ordering::Acquire) == 2;
                    wait(both, std::thread::yield_now);
                });
                let mut numbers = numbers.map(AtomicUsize::into_inner);
                numbers.sort_unstable();
                assert_eq!(numbers, [0, 1]);
            });
        });
    }

    #[test]
    fn who_waits_for_work_does_what_else_the_pool_has_to_do() {
        let pool = pool(2);
        let other = AtomicBool::new(false);
        pool.install(|| {
            Crew::with(1, |_| {
                // Whoever spawned it is busy with waiting.
                rayon::scope(|scope| {
                    scope.spawn(|_| other.store(true, Ordering::Release));
                    wait(|| other.load(Ordering::Acquire), std::thread::yield_now);
                });
            });
        });
        assert!(other.into_inner());
    }

    /// A thread that leads and waits for other tasks of the pool might take it on itself to help, and wait for its own end.
    #[test]
    fn who_leads_does_not_help() {
        let pool = pool(2);
        for _ in 0..50 {
            pool.install(|| {
                let nested = || Crew::with(1, |_| rayon::join(|| 1, || 2));
                assert_eq!(rayon::join(nested, nested), ((1, 2), (1, 2)));
            });
        }
    }

    #[test]
    fn a_panic_of_any_part_comes_out_and_leaves_the_pool_whole() {
        let pool = pool(3);
        for bad in 0..8 {
            let panics = || {
                pool.install(|| {
                    Crew::with(2, |crew| {
                        crew.run(8, &|part, _| assert_ne!(part, bad, "the part that panics"));
                    });
                });
            };
            assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(panics)).is_err());
            assert_eq!(pool.install(|| Crew::with(2, |_| 7)), 7);
        }
    }
}

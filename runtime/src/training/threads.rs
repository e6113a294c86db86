//! On which threads a run happens.

use super::TrainError;

/// Runs `work` on a thread of a rayon pool, so that its steps hand out their tasks without waking the pool from outside.
pub(super) fn run<R: Send>(
    threads: Option<usize>,
    work: impl FnOnce() -> Result<R, TrainError> + Send,
) -> Result<R, TrainError> {
    match threads {
        Some(0) => Err(TrainError::setting("threads", "at least 1", 0)),
        Some(threads) => {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            pool.map_err(|source| TrainError::Threads { threads, source })?
                .install(work)
        }
        None => rayon::scope(|_| work()),
    }
}

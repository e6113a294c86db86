//! On which threads a run happens.

use super::TrainError;

/// The most threads that may be asked for: threads beyond the cores bring nothing, and a thousand keep each other busy for many
/// seconds.
const MOST: usize = 512;

/// Runs `work` on a thread of a rayon pool, so that its steps hand out their tasks without waking the pool from outside.
pub(super) fn run<R: Send>(
    threads: Option<usize>,
    work: impl FnOnce() -> Result<R, TrainError> + Send,
) -> Result<R, TrainError> {
    match threads {
        Some(threads) if !(1..=MOST).contains(&threads) => Err(TrainError::setting(
            "threads",
            if threads == 0 {
                "at least 1".into()
            } else {
                format!("at most {MOST}")
            },
            threads,
        )),
        Some(threads) => {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            pool.map_err(|source| TrainError::Threads { threads, source })?
                .install(work)
        }
        None => rayon::scope(|_| work()),
    }
}

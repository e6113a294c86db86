//! How much memory training takes beyond what the process has had before.

use rayon::ThreadPool;
use serde_json::{Value, json};

use crate::case::Case;
use crate::measure::{Runs, rounded, time};

/// The most memory that this process has had, in KiB.
fn peak_kib() -> Result<f64, Box<dyn std::error::Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .ok_or("no VmHWM in /proc/self/status")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

/// Trains `steps` steps and returns the line of the workload: the increase of the peak, which includes the model, the
/// optimizer's state, the batch and all that a step works in; and what of it was announced for the latter.
///
/// # Errors
///
/// If a step fails or the system doesn't say how much memory the process has had.
pub fn measure(
    case: &Case,
    pool: &ThreadPool,
    steps: usize,
) -> Result<Value, Box<dyn std::error::Error>> {
    // Threads that have run once have their stacks.
    pool.broadcast(|_| {});
    let idle = peak_kib()?;
    pool.install(|| case.train(|step| time(Runs::Count(steps), 1, step)))?;
    let mut line = case.line(pool);
    let announced = case.work.program;
    let announced = announced.train_bytes(case.batch, pool.current_num_threads());
    line["announced_mib"] = json!(rounded(announced as f64 / (1 << 20) as f64));
    line["train_mib"] = json!(rounded((peak_kib()? - idle) / 1024.0));
    Ok(line)
}

//! What it costs to share a kernel's work.

use crate::crew::Crew;
use std::time::Instant;

/// Seconds that a team of the current pool takes for as many parts as it has threads: the median of many.
pub fn team_seconds(part: impl Fn() + Sync) -> f64 {
    let parts = rayon::current_num_threads();
    let helpers = parts - 1;
    let mut seconds = Crew::with(helpers, |crew| {
        let once = |_| {
            let start = Instant::now();
            crew.run(parts, &|_, _| part());
            start.elapsed().as_secs_f64()
        };
        (0..501).map(once).collect::<Vec<_>>()
    });
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}

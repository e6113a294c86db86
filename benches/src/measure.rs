//! Time after time: the median and the least of many runs.

use std::time::Instant;

/// How often something is run.
#[derive(Clone, Copy)]
pub enum Runs {
    /// So many times.
    Count(usize),
    /// As often as fits in so many seconds, within limits.
    Seconds(f64),
}

/// Seconds of one run.
#[derive(Clone, Copy)]
pub struct Timing {
    pub median: f64,
    pub min: f64,
}

impl Timing {
    /// `[median, min]` in a unit of `unit` seconds, with four significant digits.
    pub fn json(self, unit: f64) -> [f64; 2] {
        [rounded(self.median / unit), rounded(self.min / unit)]
    }
}

/// Four significant digits.
pub fn rounded(x: f64) -> f64 {
    format!("{x:.3e}").parse().unwrap_or(x)
}

/// Runs `body` some times to warm up, then `runs` times, `inner` at once.
pub fn time(runs: Runs, inner: usize, body: &mut dyn FnMut()) -> Timing {
    let mut once = || {
        let start = Instant::now();
        for _ in 0..inner {
            body();
        }
        start.elapsed().as_secs_f64() / inner as f64
    };
    let warm = Instant::now();
    let mut slowest = once();
    while warm.elapsed().as_secs_f64() < 0.05 {
        slowest = slowest.min(once());
    }
    let count = match runs {
        Runs::Count(count) => count.max(1),
        Runs::Seconds(seconds) => ((seconds / (slowest * inner as f64)) as usize).clamp(5, 20_000),
    };
    let mut times: Vec<f64> = (0..count).map(|_| once()).collect();
    times.sort_by(f64::total_cmp);
    Timing {
        median: times[times.len() / 2],
        min: times[0],
    }
}

//! How fast the machine multiplies and adds, to measure kernels against.

use std::hint::black_box;
use std::time::{Duration, Instant};

use super::{Kernel, Simd, dispatch};

/// The multiply-adds per second of one thread on registers alone, as floating-point operations (two each), on the
/// instruction set that kernels run on: the best of several runs within `time`.
pub fn peak_flops(time: Duration) -> f64 {
    let start = Instant::now();
    let mut best = 0.0f64;
    loop {
        let run = Instant::now();
        let operations = dispatch(Chains {
            steps: black_box(20_000),
        });
        best = best.max(operations as f64 / run.elapsed().as_secs_f64());
        if start.elapsed() >= time {
            return best;
        }
    }
}

/// Independent chains of multiply-adds, enough of them to hide the latency of one.
struct Chains {
    steps: usize,
}

impl Kernel for Chains {
    type Output = u64;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> u64 {
        const CHAINS: usize = 12;
        let mut sums = [simd.splat(black_box(1.0)); CHAINS];
        let (factor, term) = (simd.splat(black_box(0.999)), simd.splat(black_box(1e-3)));
        for _ in 0..self.steps {
            for sum in &mut sums {
                *sum = simd.fma(*sum, factor, term);
            }
        }
        for sum in sums {
            black_box(simd.sum(sum));
        }
        (2 * CHAINS * S::LANES * self.steps) as u64
    }
}

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
    #[allow(clippy::needless_range_loop)]
    fn run<S: Simd>(self, simd: S) -> u64 {
        const CHAINS: usize = 12;
        // Numbers that the compiler can't know to be equal, lest it computes one of them only.
        let mut numbers = black_box([[1.0; 16]; CHAINS]);
        let (factor, term) = black_box(([0.999; 16], [1e-3; 16]));
        let (factor, term) = (simd.load(&factor), simd.load(&term));
        let mut sums = [factor; CHAINS];
        for (sum, start) in sums.iter_mut().zip(&numbers) {
            *sum = simd.load(start);
        }
        for _ in 0..self.steps {
            // By number, so that all of them stay in registers.
            for chain in 0..CHAINS {
                sums[chain] = simd.fma(sums[chain], factor, term);
            }
        }
        for (sum, numbers) in sums.into_iter().zip(&mut numbers) {
            simd.store(sum, numbers);
        }
        black_box(&mut numbers);
        (2 * CHAINS * S::LANES * self.steps) as u64
    }
}

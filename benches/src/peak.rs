//! The machine's limit: fused multiply-adds per second with nothing to load and nothing to wait for.

use std::hint::black_box;
use std::time::Instant;

use rayon::ThreadPool;
use shapeflow::simd::{Kernel, Simd, dispatch};

/// Independent chains: more than latency times units on every machine of today, and few enough for 16 registers.
const CHAINS: usize = 12;

struct Chains {
    rounds: usize,
}

impl Kernel for Chains {
    type Output = f32;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> f32 {
        let (factor, term) = (simd.splat(black_box(0.999)), simd.splat(black_box(0.001)));
        let mut sums = [simd.splat(1.0); CHAINS];
        for _ in 0..self.rounds {
            for sum in &mut sums {
                *sum = simd.fma(*sum, factor, term);
            }
        }
        sums.into_iter().map(|sum| simd.sum(sum)).sum()
    }
}

struct Lanes;

impl Kernel for Lanes {
    type Output = usize;

    #[inline(always)]
    fn run<S: Simd>(self, _: S) -> usize {
        S::LANES
    }
}

/// Gigaflops of all threads of `pool` together, a multiply-add counted as two: the best of some runs.
pub fn gigaflops(pool: &ThreadPool) -> f64 {
    let rounds = 400_000;
    let each = (2 * CHAINS * dispatch(Lanes) * rounds) as f64;
    let mut best = 0.0f64;
    for _ in 0..12 {
        let start = Instant::now();
        pool.broadcast(|_| black_box(dispatch(Chains { rounds })));
        let seconds = start.elapsed().as_secs_f64();
        best = best.max(each * pool.current_num_threads() as f64 / seconds / 1e9);
    }
    best
}

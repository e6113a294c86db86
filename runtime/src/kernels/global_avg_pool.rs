//! Global average pooling: each channel's mean over all positions.

use super::length::{check_len, product};
use super::pool::GlobalPool;
use super::sweep::{Lanes, sweep};
use crate::simd::{Kernel, Simd, dispatch};

/// `y[c] = mean over p of x[p, c]`.
///
/// `x`: `(n, positions, channels)`; `y`: `(n, channels)`.
///
/// # Panics
/// If a slice doesn't have the length that `spec` and `n` give.
pub fn forward(spec: &GlobalPool, n: usize, x: &[f32], y: &mut [f32]) {
    check_len(
        x.len(),
        product([n, spec.input_len()]),
        "global_avg_pool: length of x",
    );
    check_len(
        y.len(),
        product([n, spec.output_len()]),
        "global_avg_pool: length of y",
    );
    dispatch(Forward { spec, n, x, y });
}

/// `dx[p, c] = dy[c] / positions`; all of `dx` is written.
///
/// # Panics
/// If a slice doesn't have the length that `spec` and `n` give.
pub fn backward(spec: &GlobalPool, n: usize, dy: &[f32], dx: &mut [f32]) {
    check_len(
        dy.len(),
        product([n, spec.output_len()]),
        "global_avg_pool: length of dy",
    );
    check_len(
        dx.len(),
        product([n, spec.input_len()]),
        "global_avg_pool: length of dx",
    );
    dispatch(Backward { spec, n, dy, dx });
}

struct Forward<'a> {
    spec: &'a GlobalPool,
    n: usize,
    x: &'a [f32],
    y: &'a mut [f32],
}

impl Kernel for Forward<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Forward { spec, n, x, y } = self;
        let (positions, channels) = (spec.positions, spec.channels);
        let factor = simd.splat(1.0 / positions as f32);
        for example in 0..n {
            let x = &x[example * spec.input_len()..][..spec.input_len()];
            let y = &mut y[example * channels..][..channels];
            sweep!(simd: channels, |at, lanes| {
                // Four sums, so that additions needn't wait for each other.
                let mut sums = [simd.splat(0.0); 4];
                for p in 0..positions {
                    // SAFETY: position and channels are inside `x`.
                    let x = unsafe { lanes.load(simd, x.as_ptr().add(p * channels + at)) };
                    sums[p % 4] = simd.add(sums[p % 4], x);
                }
                let sum = simd.add(simd.add(sums[0], sums[1]), simd.add(sums[2], sums[3]));
                // SAFETY: `sweep` stays inside the channels, which `y` holds.
                unsafe { lanes.store(simd, y.as_mut_ptr().add(at), simd.mul(sum, factor)) };
            });
        }
    }
}

struct Backward<'a> {
    spec: &'a GlobalPool,
    n: usize,
    dy: &'a [f32],
    dx: &'a mut [f32],
}

impl Kernel for Backward<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Backward { spec, n, dy, dx } = self;
        let (positions, channels) = (spec.positions, spec.channels);
        let factor = simd.splat(1.0 / positions as f32);
        for example in 0..n {
            let dy = &dy[example * channels..][..channels];
            let dx = &mut dx[example * spec.input_len()..][..spec.input_len()];
            sweep!(simd: channels, |at, lanes| {
                // SAFETY: positions and channels are inside `dx`, the channels inside `dy`.
                unsafe {
                    let share = simd.mul(lanes.load(simd, dy.as_ptr().add(at)), factor);
                    for p in 0..positions {
                        lanes.store(simd, dx.as_mut_ptr().add(p * channels + at), share);
                    }
                }
            });
        }
    }
}

/// Global average pooling in `f64`.
pub mod reference {
    use crate::kernels::pool::GlobalPool;

    /// Each channel's mean over all positions.
    pub fn forward(spec: &GlobalPool, n: usize, x: &[f64]) -> Vec<f64> {
        (0..n * spec.channels)
            .map(|at| {
                let (example, c) = (at / spec.channels, at % spec.channels);
                let value = |p: usize| x[(example * spec.positions + p) * spec.channels + c];
                (0..spec.positions).map(value).sum::<f64>() / spec.positions as f64
            })
            .collect()
    }

    /// `dy / positions` at each position.
    pub fn backward(spec: &GlobalPool, n: usize, dy: &[f64]) -> Vec<f64> {
        (0..n * spec.input_len())
            .map(|at| {
                let (example, c) = (at / spec.input_len(), at % spec.channels);
                dy[example * spec.channels + c] / spec.positions as f64
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::tests::compare::{
        DIFFERENCES, cases, close, differences, near, on_every_isa, quiet, random, unwritten, wide,
        with_ties,
    };
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(cases())]

        #[test]
        fn global_avg_pool_agrees_with_its_twin(
            positions in 1..20_usize, channels in 1..40_usize, n in 1..4_usize, seed: u64,
        ) {
            on_every_isa(|| {
                let spec = GlobalPool { positions, channels };
                let x = with_ties(n * spec.input_len(), seed);
                let dy = random(n * channels, seed + 1);
                let (mut y, mut dx) = (unwritten(dy.len()), unwritten(x.len()));
                quiet(|| forward(&spec, n, &x, &mut y));
                close("y", &y, &reference::forward(&spec, n, &wide(&x)), 1e-6)?;
                quiet(|| backward(&spec, n, &dy, &mut dx));
                close("dx", &dx, &reference::backward(&spec, n, &wide(&dy)), 1e-6)?;
                Ok(())
            })?;
        }

        #[test]
        fn the_twin_of_global_avg_pool_agrees_with_differences(
            positions in 1..40_usize, channels in 1..3_usize, seed: u64,
        ) {
            let spec = GlobalPool { positions, channels };
            let x = wide(&random(spec.input_len(), seed));
            let dy = wide(&random(spec.output_len(), seed + 1));
            let expected = differences(&x, &dy, |x| reference::forward(&spec, 1, x));
            near("dx", &reference::backward(&spec, 1, &dy), &expected, DIFFERENCES)?;
        }
    }
}

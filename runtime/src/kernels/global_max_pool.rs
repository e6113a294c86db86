//! Global max pooling: each channel's largest value over all positions.

use super::length::{check_len, product};
use super::max_pool2d::max;
use super::pool::GlobalPool;
use super::sweep::{Lanes, sweep};
use crate::simd::{Kernel, Simd, dispatch};

/// `y[c] = max over p of x[p, c]`; a NaN is the result of its channel.
///
/// `x`: `(n, positions, channels)`; `y`: `(n, channels)`.
///
/// # Panics
/// If a slice doesn't have the length that `spec` and `n` give.
pub fn forward(spec: &GlobalPool, n: usize, x: &[f32], y: &mut [f32]) {
    check_len(
        x.len(),
        product([n, spec.input_len()]),
        "global_max_pool: length of x",
    );
    check_len(
        y.len(),
        product([n, spec.output_len()]),
        "global_max_pool: length of y",
    );
    dispatch(Forward { spec, n, x, y });
}

/// Sends `dy[c]` to the first position that holds the maximum, zero to the others; all of `dx` is written.
///
/// `x` and `y` are the input and output of [`forward`]. Where the maximum is NaN the gradient goes to the last position.
///
/// # Panics
/// If a slice doesn't have the length that `spec` and `n` give.
pub fn backward(spec: &GlobalPool, n: usize, x: &[f32], y: &[f32], dy: &[f32], dx: &mut [f32]) {
    check_len(
        x.len(),
        product([n, spec.input_len()]),
        "global_max_pool: length of x",
    );
    check_len(
        y.len(),
        product([n, spec.output_len()]),
        "global_max_pool: length of y",
    );
    check_len(
        dy.len(),
        product([n, spec.output_len()]),
        "global_max_pool: length of dy",
    );
    check_len(
        dx.len(),
        product([n, spec.input_len()]),
        "global_max_pool: length of dx",
    );
    dispatch(Backward {
        spec,
        n,
        x,
        y,
        dy,
        dx,
    });
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
        for example in 0..n {
            let x = &x[example * spec.input_len()..][..spec.input_len()];
            let y = &mut y[example * channels..][..channels];
            sweep!(simd: channels, |at, lanes| {
                let mut largest = simd.splat(f32::NEG_INFINITY);
                for p in 0..positions {
                    // SAFETY: position and channels are inside `x`.
                    let x = unsafe { lanes.load(simd, x.as_ptr().add(p * channels + at)) };
                    largest = max(simd, x, largest);
                }
                // SAFETY: `sweep` stays inside the channels, which `y` holds.
                unsafe { lanes.store(simd, y.as_mut_ptr().add(at), largest) };
            });
        }
    }
}

struct Backward<'a> {
    spec: &'a GlobalPool,
    n: usize,
    x: &'a [f32],
    y: &'a [f32],
    dy: &'a [f32],
    dx: &'a mut [f32],
}

impl Kernel for Backward<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Backward {
            spec,
            n,
            x,
            y,
            dy,
            dx,
        } = self;
        let (positions, channels) = (spec.positions, spec.channels);
        let zero = simd.splat(0.0);
        for example in 0..n {
            let x = &x[example * spec.input_len()..][..spec.input_len()];
            let dx = &mut dx[example * spec.input_len()..][..spec.input_len()];
            let y = &y[example * channels..][..channels];
            let dy = &dy[example * channels..][..channels];
            sweep!(simd: channels, |at, lanes| {
                // SAFETY: positions and channels are inside `x` and `dx`, the channels inside `y` and `dy`.
                unsafe {
                    let y = lanes.load(simd, y.as_ptr().add(at));
                    // The gradient that no position has taken yet.
                    let mut rest = lanes.load(simd, dy.as_ptr().add(at));
                    for p in 0..positions {
                        let place = p * channels + at;
                        let here = simd.equal(lanes.load(simd, x.as_ptr().add(place)), y);
                        let taken = if p + 1 == positions { rest } else { simd.select(here, rest, zero) };
                        lanes.store(simd, dx.as_mut_ptr().add(place), taken);
                        rest = simd.select(here, zero, rest);
                    }
                }
            });
        }
    }
}

/// Global max pooling in `f64`.
pub mod reference {
    use crate::kernels::pool::GlobalPool;

    /// Each channel's largest value over all positions.
    pub fn forward(spec: &GlobalPool, n: usize, x: &[f64]) -> Vec<f64> {
        firsts(spec, n, x).map(|at| x[at]).collect()
    }

    /// `dy` at the first position that holds the maximum, 0 elsewhere.
    pub fn backward(spec: &GlobalPool, n: usize, x: &[f64], dy: &[f64]) -> Vec<f64> {
        let mut dx = vec![0.0; x.len()];
        for (first, dy) in firsts(spec, n, x).zip(dy) {
            dx[first] = *dy;
        }
        dx
    }

    /// Where each channel's maximum first stands, or a NaN.
    fn firsts<'a>(
        spec: &GlobalPool,
        n: usize,
        x: &'a [f64],
    ) -> impl Iterator<Item = usize> + use<'a> {
        let spec = *spec;
        (0..n * spec.channels).map(move |at| {
            let (example, c) = (at / spec.channels, at % spec.channels);
            let position = |p: usize| (example * spec.positions + p) * spec.channels + c;
            (1..spec.positions)
                .map(position)
                .fold(position(0), |best, at| {
                    if x[at] > x[best] || x[at].is_nan() {
                        at
                    } else {
                        best
                    }
                })
        })
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
        fn global_max_pool_agrees_with_its_twin(
            positions in 1..20_usize, channels in 1..40_usize, n in 1..4_usize, seed: u64,
        ) {
            on_every_isa(|| {
                let spec = GlobalPool { positions, channels };
                let x = with_ties(n * spec.input_len(), seed);
                let dy = random(n * channels, seed + 1);
                let (mut y, mut dx) = (unwritten(dy.len()), unwritten(x.len()));
                quiet(|| forward(&spec, n, &x, &mut y));
                close("y", &y, &reference::forward(&spec, n, &wide(&x)), 0.0)?;
                quiet(|| backward(&spec, n, &x, &y, &dy, &mut dx));
                close("dx", &dx, &reference::backward(&spec, n, &wide(&x), &wide(&dy)), 0.0)?;
                Ok(())
            })?;
        }

        #[test]
        fn global_max_pool_keeps_nan(positions in 1..20_usize, channels in 1..40_usize, seed: u64) {
            on_every_isa(|| {
                let spec = GlobalPool { positions, channels };
                let mut x = random(spec.input_len(), seed);
                let nan = seed as usize % x.len();
                x[nan] = f32::NAN;
                let mut y = unwritten(channels);
                quiet(|| forward(&spec, 1, &x, &mut y));
                for (c, y) in y.iter().enumerate() {
                    prop_assert_eq!(y.is_nan(), c == nan % channels);
                }
                let (ones, mut dx) = (vec![1.0; channels], unwritten(x.len()));
                quiet(|| backward(&spec, 1, &x, &y, &ones, &mut dx));
                let sum: f32 = dx.iter().sum();
                prop_assert_eq!(sum, channels as f32, "no gradient may be lost under a NaN");
                Ok(())
            })?;
        }

        #[test]
        fn the_twin_of_global_max_pool_agrees_with_differences(
            positions in 1..40_usize, channels in 1..3_usize, seed: u64,
        ) {
            let spec = GlobalPool { positions, channels };
            let x = wide(&random(spec.input_len(), seed));
            let dy = wide(&random(spec.output_len(), seed + 1));
            let expected = differences(&x, &dy, |x| reference::forward(&spec, 1, x));
            near("dx", &reference::backward(&spec, 1, &x, &dy), &expected, DIFFERENCES)?;
        }
    }
}

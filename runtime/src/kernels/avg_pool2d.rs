//! Average pooling: the mean of each window, channel by channel.

use super::length::{check_len, product};
use super::pool::{Pool2d, windows};
use super::sweep::{Lanes, sweep};
use crate::simd::{Kernel, Simd, dispatch};

/// `y[i, j, c] = mean x[window of (i, j), c]`, over the real pixels of the window: padding doesn't count.
///
/// `x`: `(n, height, width, channels)`; `y`: `(n, output height, output width, channels)`.
///
/// # Panics
/// If a slice doesn't have the length that `spec` and `n` give.
pub fn forward(spec: &Pool2d, n: usize, x: &[f32], y: &mut [f32]) {
    check_len(
        x.len(),
        product([n, spec.input_len()]),
        "avg_pool2d: length of x",
    );
    check_len(
        y.len(),
        product([n, spec.output_len()]),
        "avg_pool2d: length of y",
    );
    dispatch(Forward { spec, n, x, y });
}

/// Shares each `dy` equally among the pixels of its window; all of `dx` is written.
///
/// # Panics
/// If a slice doesn't have the length that `spec` and `n` give.
pub fn backward(spec: &Pool2d, n: usize, dy: &[f32], dx: &mut [f32]) {
    check_len(
        dy.len(),
        product([n, spec.output_len()]),
        "avg_pool2d: length of dy",
    );
    check_len(
        dx.len(),
        product([n, spec.input_len()]),
        "avg_pool2d: length of dx",
    );
    dispatch(Backward { spec, n, dy, dx });
}

struct Forward<'a> {
    spec: &'a Pool2d,
    n: usize,
    x: &'a [f32],
    y: &'a mut [f32],
}

impl Kernel for Forward<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Forward { spec, n, x, y } = self;
        let (line, channels) = (spec.width * spec.channels, spec.channels);
        for window in windows(spec, n) {
            let (x, y) = (&x[window.picture], &mut y[window.results]);
            let factor = simd.splat(1.0 / (window.rows.len() * window.columns.len()) as f32);
            sweep!(simd: channels, |at, lanes| {
                let mut sum = simd.splat(0.0);
                for row in window.rows.clone() {
                    for column in window.columns.clone() {
                        let from = row * line + column * channels + at;
                        // SAFETY: rows, columns and channels are those of the picture `x`.
                        sum = simd.add(sum, unsafe { lanes.load(simd, x.as_ptr().add(from)) });
                    }
                }
                // SAFETY: `sweep` stays inside the channels, which `y` holds.
                unsafe { lanes.store(simd, y.as_mut_ptr().add(at), simd.mul(sum, factor)) };
            });
        }
    }
}

struct Backward<'a> {
    spec: &'a Pool2d,
    n: usize,
    dy: &'a [f32],
    dx: &'a mut [f32],
}

impl Kernel for Backward<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Backward { spec, n, dy, dx } = self;
        let (line, channels) = (spec.width * spec.channels, spec.channels);
        dx.fill(0.0);
        for window in windows(spec, n) {
            let (dx, dy) = (&mut dx[window.picture], &dy[window.results]);
            let factor = simd.splat(1.0 / (window.rows.len() * window.columns.len()) as f32);
            sweep!(simd: channels, |at, lanes| {
                // SAFETY: rows, columns and channels are those of the picture `dx`; `dy` holds the channels.
                unsafe {
                    let share = simd.mul(lanes.load(simd, dy.as_ptr().add(at)), factor);
                    for row in window.rows.clone() {
                        for column in window.columns.clone() {
                            let to = dx.as_mut_ptr().add(row * line + column * channels + at);
                            lanes.store(simd, to, simd.add(lanes.load(simd, to), share));
                        }
                    }
                }
            });
        }
    }
}

/// Average pooling in `f64`.
pub mod reference {
    use crate::kernels::pool::Pool2d;
    use crate::kernels::pool::reference::{inside, windows};

    /// The mean of each window's real positions.
    pub fn forward(spec: &Pool2d, n: usize, x: &[f64]) -> Vec<f64> {
        windows(spec, n)
            .map(|window| {
                inside(spec, window).map(|at| x[at]).sum::<f64>()
                    / inside(spec, window).count() as f64
            })
            .collect()
    }

    /// Each `dy` is shared equally among the real positions of its window.
    pub fn backward(spec: &Pool2d, n: usize, dy: &[f64]) -> Vec<f64> {
        let mut dx = vec![0.0; n * spec.input_len()];
        for (window, dy) in windows(spec, n).zip(dy) {
            let count = inside(spec, window).count() as f64;
            for at in inside(spec, window) {
                dx[at] += dy / count;
            }
        }
        dx
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::pool::tests::pool2d;
    use crate::kernels::tests::compare::{
        DIFFERENCES, cases, close, differences, near, on_every_isa, quiet, random, unwritten, wide,
    };
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(cases())]

        #[test]
        fn avg_pool2d_agrees_with_its_twin(spec in pool2d(), n in 1..4_usize, seed: u64) {
            on_every_isa(|| {
                let x = random(n * spec.input_len(), seed);
                let dy = random(n * spec.output_len(), seed + 1);
                let mut y = unwritten(dy.len());
                quiet(|| forward(&spec, n, &x, &mut y));
                close("y", &y, &reference::forward(&spec, n, &wide(&x)), 1e-6)?;
                let mut dx = unwritten(x.len());
                quiet(|| backward(&spec, n, &dy, &mut dx));
                close("dx", &dx, &reference::backward(&spec, n, &wide(&dy)), 1e-6)?;
                Ok(())
            })?;
        }

        #[test]
        fn the_twin_of_avg_pool2d_agrees_with_differences(spec in pool2d(), seed: u64) {
            let spec = Pool2d { channels: spec.channels.min(2), ..spec };
            let x = wide(&random(spec.input_len(), seed));
            let dy = wide(&random(spec.output_len(), seed + 1));
            let expected = differences(&x, &dy, |x| reference::forward(&spec, 1, x));
            near("dx", &reference::backward(&spec, 1, &dy), &expected, DIFFERENCES)?;
        }
    }
}

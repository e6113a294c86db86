//! Max pooling: the largest value of each window, channel by channel.

use super::length::product;
use super::pool::Pool2d;
use super::sweep::{Lanes, sweep};
use crate::simd::{Kernel, Simd, dispatch};

/// `y[i, j, c] = max x[window of (i, j), c]`; a NaN in a window is its result.
///
/// `x`: `(n, height, width, channels)`; `y`: `(n, output height, output width, channels)`.
///
/// # Panics
/// If a slice doesn't have the length that `spec` and `n` give.
pub fn forward(spec: &Pool2d, n: usize, x: &[f32], y: &mut [f32]) {
    assert_eq!(
        x.len(),
        product([n, spec.input_len()]),
        "max_pool2d: length of x"
    );
    assert_eq!(
        y.len(),
        product([n, spec.output_len()]),
        "max_pool2d: length of y"
    );
    if spec.is_halving() {
        dispatch(Halve { spec, n, x, y });
    } else {
        dispatch(Forward { spec, n, x, y });
    }
}

/// Sends each `dy` to the first position of its window (row by row) that holds the maximum, as PyTorch does.
///
/// `x` and `y` are the input and output of [`forward`]; all of `dx` is written. Where the maximum is NaN the
/// gradient goes to the window's last position.
///
/// # Panics
/// If a slice doesn't have the length that `spec` and `n` give.
pub fn backward(spec: &Pool2d, n: usize, x: &[f32], y: &[f32], dy: &[f32], dx: &mut [f32]) {
    backward_with_floor(spec, n, x, y, dy, f32::NAN, dx);
}

/// [`backward`], and further back through the `Relu` that made `x`: nothing passes where the maximum isn't above 0.
///
/// # Panics
/// If a slice doesn't have the length that `spec` and `n` give.
pub fn backward_through_relu(
    spec: &Pool2d,
    n: usize,
    x: &[f32],
    y: &[f32],
    dy: &[f32],
    dx: &mut [f32],
) {
    backward_with_floor(spec, n, x, y, dy, 0.0, dx);
}

/// Nothing passes where the maximum is at most `floor`; a NaN lets everything pass.
fn backward_with_floor(
    spec: &Pool2d,
    n: usize,
    x: &[f32],
    y: &[f32],
    dy: &[f32],
    floor: f32,
    dx: &mut [f32],
) {
    assert_eq!(
        x.len(),
        product([n, spec.input_len()]),
        "max_pool2d: length of x"
    );
    assert_eq!(
        y.len(),
        product([n, spec.output_len()]),
        "max_pool2d: length of y"
    );
    assert_eq!(
        dy.len(),
        product([n, spec.output_len()]),
        "max_pool2d: length of dy"
    );
    assert_eq!(
        dx.len(),
        product([n, spec.input_len()]),
        "max_pool2d: length of dx"
    );
    if spec.is_halving() {
        dispatch(HalveBackward {
            spec,
            n,
            x,
            y,
            dy,
            floor,
            dx,
        });
    } else {
        dispatch(Backward {
            spec,
            n,
            x,
            y,
            dy,
            floor,
            dx,
        });
    }
}

/// The larger of two values, NaN if one of them is.
#[inline(always)]
pub(super) fn max<S: Simd>(simd: S, a: S::F, b: S::F) -> S::F {
    // `max` gives `b` if either is NaN, so that only a NaN in `a` is lost.
    simd.select(simd.equal(a, a), simd.max(a, b), a)
}

/// Any windows.
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
        let (channels, [height, width]) = (spec.channels, spec.output());
        for (window, y) in (0..n * height * width).zip(y.chunks_exact_mut(channels.max(1))) {
            let (i, j) = (window / width % height, window % width);
            let x = &x[window / width / height * spec.input_len()..][..spec.input_len()];
            let (rows, columns) = (spec.rows(i), spec.columns(j));
            sweep!(simd: channels, |at, lanes| {
                let mut largest = simd.splat(f32::NEG_INFINITY);
                for row in rows.clone() {
                    for column in columns.clone() {
                        let from = (row * spec.width + column) * channels + at;
                        // SAFETY: rows, columns and channels are those of the picture `x`.
                        largest = max(simd, unsafe { lanes.load(simd, x.as_ptr().add(from)) }, largest);
                    }
                }
                // SAFETY: `sweep` stays inside the channels, which `y` holds.
                unsafe { lanes.store(simd, y.as_mut_ptr().add(at), largest) };
            });
        }
    }
}

/// 2×2 windows side by side.
struct Halve<'a> {
    spec: &'a Pool2d,
    n: usize,
    x: &'a [f32],
    y: &'a mut [f32],
}

impl Kernel for Halve<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Halve { spec, n, x, y } = self;
        let (channels, [height, width]) = (spec.channels, spec.output());
        let line = spec.width * channels;
        for (row, y) in (0..n * height).zip(y.chunks_exact_mut((width * channels).max(1))) {
            let start = row / height * spec.input_len() + row % height * 2 * line;
            let x = &x[start..start + 2 * line];
            for j in 0..width {
                sweep!(simd: channels, |at, lanes| {
                    // SAFETY: column 2 j + 1 is inside the line, and both lines inside `x`; column j is inside `y`.
                    unsafe {
                        let from = x.as_ptr().add(2 * j * channels + at);
                        let top = max(simd, lanes.load(simd, from), lanes.load(simd, from.add(channels)));
                        let from = from.add(line);
                        let bottom = max(simd, lanes.load(simd, from), lanes.load(simd, from.add(channels)));
                        lanes.store(simd, y.as_mut_ptr().add(j * channels + at), max(simd, top, bottom));
                    }
                });
            }
        }
    }
}

/// Any windows, which may overlap: gradients are added up.
struct Backward<'a> {
    spec: &'a Pool2d,
    n: usize,
    x: &'a [f32],
    y: &'a [f32],
    dy: &'a [f32],
    floor: f32,
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
            floor,
            dx,
        } = self;
        let (channels, [height, width]) = (spec.channels, spec.output());
        let floor = simd.splat(floor);
        let zero = simd.splat(0.0);
        dx.fill(0.0);
        for window in 0..n * height * width {
            let (i, j) = (window / width % height, window % width);
            let picture = window / width / height * spec.input_len();
            let x = &x[picture..picture + spec.input_len()];
            let dx = &mut dx[picture..picture + spec.input_len()];
            let out = window * channels..(window + 1) * channels;
            let (y, dy) = (&y[out.clone()], &dy[out]);
            let (rows, columns) = (spec.rows(i), spec.columns(j));
            if rows.is_empty() || columns.is_empty() {
                continue;
            }
            sweep!(simd: channels, |at, lanes| {
                // SAFETY: rows, columns and channels are those of the pictures `x` and `dx`; `y` and `dy` hold the
                // channels.
                unsafe {
                    let y = lanes.load(simd, y.as_ptr().add(at));
                    // The gradient that no position has taken yet.
                    let rest = lanes.load(simd, dy.as_ptr().add(at));
                    let mut rest = simd.select(simd.greater_equal(floor, y), zero, rest);
                    let mut to = dx.as_mut_ptr();
                    for row in rows.clone() {
                        for column in columns.clone() {
                            let place = (row * spec.width + column) * channels + at;
                            let here = simd.equal(lanes.load(simd, x.as_ptr().add(place)), y);
                            to = dx.as_mut_ptr().add(place);
                            let sum = simd.add(lanes.load(simd, to), simd.select(here, rest, zero));
                            lanes.store(simd, to, sum);
                            rest = simd.select(here, zero, rest);
                        }
                    }
                    // Not zero only under a NaN, which equals nothing.
                    lanes.store(simd, to, simd.add(lanes.load(simd, to), rest));
                }
            });
        }
    }
}

/// 2×2 windows side by side: each gradient is written once.
struct HalveBackward<'a> {
    spec: &'a Pool2d,
    n: usize,
    x: &'a [f32],
    y: &'a [f32],
    dy: &'a [f32],
    floor: f32,
    dx: &'a mut [f32],
}

impl Kernel for HalveBackward<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let HalveBackward {
            spec,
            n,
            x,
            y,
            dy,
            floor,
            dx,
        } = self;
        let (channels, [height, width]) = (spec.channels, spec.output());
        let floor = simd.splat(floor);
        let (line, out_line) = (spec.width * channels, width * channels);
        let zero = simd.splat(0.0);
        for example in 0..n {
            for i in 0..height {
                let start = example * spec.input_len() + i * 2 * line;
                let (x, dx) = (
                    &x[start..start + 2 * line],
                    &mut dx[start..start + 2 * line],
                );
                let start = (example * height + i) * out_line;
                let (y, dy) = (&y[start..start + out_line], &dy[start..start + out_line]);
                for j in 0..width {
                    sweep!(simd: channels, |at, lanes| {
                        // SAFETY: column 2 j + 1 is inside the line, and both lines inside `x` and `dx`; column j is
                        // inside `y` and `dy`.
                        unsafe {
                            let place = 2 * j * channels + at;
                            let y = lanes.load(simd, y.as_ptr().add(j * channels + at));
                            let rest = lanes.load(simd, dy.as_ptr().add(j * channels + at));
                            let mut rest = simd.select(simd.greater_equal(floor, y), zero, rest);
                            let (from, to) = (x.as_ptr().add(place), dx.as_mut_ptr().add(place));
                            for offset in [0, channels, line] {
                                let here = simd.equal(lanes.load(simd, from.add(offset)), y);
                                lanes.store(simd, to.add(offset), simd.select(here, rest, zero));
                                rest = simd.select(here, zero, rest);
                            }
                            lanes.store(simd, to.add(line + channels), rest);
                        }
                    });
                }
                // An odd last column is in no window.
                dx[..line][2 * out_line..].fill(0.0);
                dx[line..][2 * out_line..].fill(0.0);
            }
            // Nor is an odd last row.
            dx[example * spec.input_len()..][..spec.input_len()][height * 2 * line..].fill(0.0);
        }
    }
}

/// Max pooling in `f64`.
pub mod reference {
    use crate::kernels::pool::Pool2d;
    use crate::kernels::pool::reference::{inside, windows};

    /// The largest value of each window.
    pub fn forward(spec: &Pool2d, n: usize, x: &[f64]) -> Vec<f64> {
        windows(spec, n)
            .map(|window| {
                inside(spec, window)
                    .map(|at| x[at])
                    .fold(f64::NEG_INFINITY, f64::max)
            })
            .collect()
    }

    /// Each `dy` goes to the first position of its window that holds the maximum.
    pub fn backward(spec: &Pool2d, n: usize, x: &[f64], dy: &[f64]) -> Vec<f64> {
        let mut dx = vec![0.0; x.len()];
        for (window, dy) in windows(spec, n).zip(dy) {
            let max = inside(spec, window)
                .map(|at| x[at])
                .fold(f64::NEG_INFINITY, f64::max);
            if let Some(first) = inside(spec, window).find(|&at| x[at] == max) {
                dx[first] += dy;
            }
        }
        dx
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::avg_pool2d;
    use crate::kernels::pool::tests::pool2d;
    use crate::kernels::tests::compare::{
        DIFFERENCES, cases, close, differences, near, on_every_isa, quiet, random, unwritten, wide,
        with_ties,
    };
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(cases())]

        #[test]
        fn max_pool2d_agrees_with_its_twin(spec in pool2d(), n in 1..4_usize, seed: u64) {
            on_every_isa(|| {
                let x = with_ties(n * spec.input_len(), seed);
                let dy = random(n * spec.output_len(), seed + 1);
                let mut y = unwritten(dy.len());
                quiet(|| forward(&spec, n, &x, &mut y));
                close("y", &y, &reference::forward(&spec, n, &wide(&x)), 0.0)?;
                let mut dx = unwritten(x.len());
                quiet(|| backward(&spec, n, &x, &y, &dy, &mut dx));
                close("dx", &dx, &reference::backward(&spec, n, &wide(&x), &wide(&dy)), 1e-6)?;

                let cut: Vec<f32> = x.iter().map(|x| x.max(0.0)).collect();
                let mut y = unwritten(dy.len());
                quiet(|| forward(&spec, n, &cut, &mut y));
                let mut dx = unwritten(x.len());
                quiet(|| backward_through_relu(&spec, n, &cut, &y, &dy, &mut dx));
                let after = reference::backward(&spec, n, &wide(&cut), &wide(&dy));
                let before: Vec<f64> = after
                    .iter()
                    .zip(&cut)
                    .map(|(&dx, &x)| if x > 0.0 { dx } else { 0.0 })
                    .collect();
                close("dx before the relu", &dx, &before, 1e-6)?;
                Ok(())
            })?;
        }

        #[test]
        fn max_pool2d_keeps_nan(spec in pool2d(), seed: u64) {
            on_every_isa(|| {
                let clean = random(spec.input_len(), seed);
                let nan = seed as usize % clean.len();
                let mut x = clean.clone();
                x[nan] = f32::NAN;
                let (mut y, mut expected) = (unwritten(spec.output_len()), unwritten(spec.output_len()));
                quiet(|| forward(&spec, 1, &x, &mut y));
                quiet(|| forward(&spec, 1, &clean, &mut expected));
                let ones = vec![1.0; y.len()];
                let mut count = vec![0.0; x.len()];
                quiet(|| avg_pool2d::backward(&spec, 1, &ones, &mut count));
                let seen = y.iter().filter(|y| y.is_nan()).count();
                prop_assert_eq!(seen > 0, count[nan] > 0.0, "a NaN inside a window must come out");
                for (y, expected) in y.iter().zip(&expected) {
                    prop_assert!(y.is_nan() || y == expected);
                }
                Ok(())
            })?;
        }

        #[test]
        fn the_twin_of_max_pool2d_agrees_with_differences(spec in pool2d(), seed: u64) {
            let spec = Pool2d { channels: spec.channels.min(2), ..spec };
            let x = wide(&random(spec.input_len(), seed));
            let dy = wide(&random(spec.output_len(), seed + 1));
            let expected = differences(&x, &dy, |x| reference::forward(&spec, 1, x));
            near("dx", &reference::backward(&spec, 1, &x, &dy), &expected, DIFFERENCES)?;
        }
    }
}

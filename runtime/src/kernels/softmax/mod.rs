//! Softmax and its logarithm over the last axis.

#[cfg(test)]
mod tests;

use super::math;
use super::sweep::{Flow, Lanes, sweep};
use crate::kernels::length::{check_len, product};
use crate::simd::{Kernel, Simd, dispatch};

/// `y = exp(x - max) / Σ exp(x - max)` in each row.
///
/// `x`, `y`: `(rows, size)`. A row that holds a NaN becomes NaN.
///
/// # Panics
/// If a slice doesn't hold `rows * size` values.
pub fn forward(size: usize, rows: usize, x: &[f32], y: &mut [f32]) {
    check_len(x.len(), product([rows, size]), "softmax: length of x");
    check_len(y.len(), product([rows, size]), "softmax: length of y");
    dispatch(Softmax {
        size,
        rows,
        flow: Flow::between(x, y),
    });
}

/// [`forward`] on values that it replaces.
///
/// # Panics
/// If `x` doesn't hold `rows * size` values.
pub fn forward_in_place(size: usize, rows: usize, x: &mut [f32]) {
    check_len(x.len(), product([rows, size]), "softmax: length of x");
    dispatch(Softmax {
        size,
        rows,
        flow: Flow::in_place(x),
    });
}

/// `dx = y * (dy - Σ dy * y)` in each row, with `y` the output of [`forward`]; all of `dx` is written.
///
/// # Panics
/// If a slice doesn't hold `rows * size` values.
pub fn backward(size: usize, rows: usize, y: &[f32], dy: &[f32], dx: &mut [f32]) {
    check_len(y.len(), product([rows, size]), "softmax: length of y");
    check_len(dy.len(), product([rows, size]), "softmax: length of dy");
    check_len(dx.len(), product([rows, size]), "softmax: length of dx");
    dispatch(SoftmaxBackward {
        size,
        rows,
        y,
        flow: Flow::between(dy, dx),
    });
}

/// [`backward`] on gradients that it replaces.
///
/// # Panics
/// If a slice doesn't hold `rows * size` values.
pub fn backward_in_place(size: usize, rows: usize, y: &[f32], d: &mut [f32]) {
    check_len(y.len(), product([rows, size]), "softmax: length of y");
    check_len(d.len(), product([rows, size]), "softmax: length of dy");
    dispatch(SoftmaxBackward {
        size,
        rows,
        y,
        flow: Flow::in_place(d),
    });
}

/// `y = x - max - ln Σ exp(x - max)` in each row.
///
/// `x`, `y`: `(rows, size)`. A row that holds a NaN becomes NaN.
///
/// # Panics
/// If a slice doesn't hold `rows * size` values.
pub fn log_softmax_forward(size: usize, rows: usize, x: &[f32], y: &mut [f32]) {
    check_len(x.len(), product([rows, size]), "log_softmax: length of x");
    check_len(y.len(), product([rows, size]), "log_softmax: length of y");
    dispatch(LogSoftmax {
        size,
        rows,
        flow: Flow::between(x, y),
    });
}

/// [`log_softmax_forward`] on values that it replaces.
///
/// # Panics
/// If `x` doesn't hold `rows * size` values.
pub fn log_softmax_forward_in_place(size: usize, rows: usize, x: &mut [f32]) {
    check_len(x.len(), product([rows, size]), "log_softmax: length of x");
    dispatch(LogSoftmax {
        size,
        rows,
        flow: Flow::in_place(x),
    });
}

/// `dx = dy - exp(y) * Σ dy` in each row, with `y` the output of [`log_softmax_forward`]; all of `dx` is written.
///
/// # Panics
/// If a slice doesn't hold `rows * size` values.
pub fn log_softmax_backward(size: usize, rows: usize, y: &[f32], dy: &[f32], dx: &mut [f32]) {
    check_len(y.len(), product([rows, size]), "log_softmax: length of y");
    check_len(dy.len(), product([rows, size]), "log_softmax: length of dy");
    check_len(dx.len(), product([rows, size]), "log_softmax: length of dx");
    dispatch(LogSoftmaxBackward {
        size,
        rows,
        y,
        flow: Flow::between(dy, dx),
    });
}

/// [`log_softmax_backward`] on gradients that it replaces.
///
/// # Panics
/// If a slice doesn't hold `rows * size` values.
pub fn log_softmax_backward_in_place(size: usize, rows: usize, y: &[f32], d: &mut [f32]) {
    check_len(y.len(), product([rows, size]), "log_softmax: length of y");
    check_len(d.len(), product([rows, size]), "log_softmax: length of dy");
    dispatch(LogSoftmaxBackward {
        size,
        rows,
        y,
        flow: Flow::in_place(d),
    });
}

/// The largest of the `size` values at `from` (any of them if one is NaN), in every lane.
///
/// # Safety
/// They must be readable.
#[inline(always)]
unsafe fn largest<S: Simd>(simd: S, from: *const f32, size: usize) -> S::F {
    let lowest = simd.splat(f32::NEG_INFINITY);
    let mut max = lowest;
    // SAFETY: `sweep` stays inside the size.
    sweep!(simd: size, |at, lanes| unsafe {
        let x = lanes.load(simd, from.add(at));
        max = simd.max(max, lanes.or(simd, x, lowest));
    });
    simd.splat(simd.largest(max))
}

struct Softmax<'a> {
    size: usize,
    rows: usize,
    flow: Flow<'a>,
}

impl Kernel for Softmax<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Softmax { size, rows, flow } = self;
        assert_eq!(flow.len(), product([rows, size]));
        // Rows of nothing may be more than can be counted through.
        let rows = if size == 0 { 0 } else { rows };
        for row in 0..rows {
            // SAFETY: `sweep` stays inside the size, hence each row inside the flow. A row is written as far as it
            // has been read for the last time from where it may be the same.
            unsafe {
                let (from, to) = (flow.from(row * size), flow.to(row * size));
                let max = largest(simd, from, size);
                let mut sum = simd.splat(0.0);
                // What a short row has just written can't be loaded again without waiting: it is computed twice.
                let short = size <= 4 * S::LANES;
                sweep!(simd: size, |at, lanes| {
                    let y = math::exp(simd, simd.sub(lanes.load(simd, from.add(at)), max));
                    sum = simd.add(sum, lanes.or(simd, y, simd.splat(0.0)));
                    if !short {
                        lanes.store(simd, to.add(at), y);
                    }
                });
                let factor = simd.splat(1.0 / simd.sum(sum));
                sweep!(simd: size, |at, lanes| {
                    let y = if short {
                        math::exp(simd, simd.sub(lanes.load(simd, from.add(at)), max))
                    } else {
                        lanes.load(simd, to.add(at))
                    };
                    lanes.store(simd, to.add(at), simd.mul(y, factor));
                });
            }
        }
    }
}

struct LogSoftmax<'a> {
    size: usize,
    rows: usize,
    flow: Flow<'a>,
}

impl Kernel for LogSoftmax<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let LogSoftmax { size, rows, flow } = self;
        assert_eq!(flow.len(), product([rows, size]));
        // Rows of nothing may be more than can be counted through.
        let rows = if size == 0 { 0 } else { rows };
        for row in 0..rows {
            // SAFETY: `sweep` stays inside the size, hence each row inside the flow.
            unsafe {
                let (from, to) = (flow.from(row * size), flow.to(row * size));
                let max = largest(simd, from, size);
                let mut sum = simd.splat(0.0);
                sweep!(simd: size, |at, lanes| {
                    let y = math::exp(simd, simd.sub(lanes.load(simd, from.add(at)), max));
                    sum = simd.add(sum, lanes.or(simd, y, simd.splat(0.0)));
                });
                let shift = math::log(simd, simd.splat(simd.sum(sum)));
                sweep!(simd: size, |at, lanes| {
                    let x = simd.sub(lanes.load(simd, from.add(at)), max);
                    lanes.store(simd, to.add(at), simd.sub(x, shift));
                });
            }
        }
    }
}

struct SoftmaxBackward<'a> {
    size: usize,
    rows: usize,
    y: &'a [f32],
    flow: Flow<'a>,
}

impl Kernel for SoftmaxBackward<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let SoftmaxBackward {
            size,
            rows,
            y,
            flow,
        } = self;
        assert_eq!(flow.len(), product([rows, size]));
        assert_eq!(y.len(), product([rows, size]));
        // Rows of nothing may be more than can be counted through.
        let rows = if size == 0 { 0 } else { rows };
        for row in 0..rows {
            // SAFETY: `sweep` stays inside the size, hence each row inside the flow and `y`.
            unsafe {
                let (from, to) = (flow.from(row * size), flow.to(row * size));
                let y = y.as_ptr().add(row * size);
                let mut dot = simd.splat(0.0);
                sweep!(simd: size, |at, lanes| {
                    let (y, dy) = (lanes.load(simd, y.add(at)), lanes.load(simd, from.add(at)));
                    dot = simd.fma(y, dy, dot);
                });
                let dot = simd.splat(simd.sum(dot));
                sweep!(simd: size, |at, lanes| {
                    let (y, dy) = (lanes.load(simd, y.add(at)), lanes.load(simd, from.add(at)));
                    lanes.store(simd, to.add(at), simd.mul(y, simd.sub(dy, dot)));
                });
            }
        }
    }
}

struct LogSoftmaxBackward<'a> {
    size: usize,
    rows: usize,
    y: &'a [f32],
    flow: Flow<'a>,
}

impl Kernel for LogSoftmaxBackward<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let LogSoftmaxBackward {
            size,
            rows,
            y,
            flow,
        } = self;
        assert_eq!(flow.len(), product([rows, size]));
        assert_eq!(y.len(), product([rows, size]));
        // Rows of nothing may be more than can be counted through.
        let rows = if size == 0 { 0 } else { rows };
        for row in 0..rows {
            // SAFETY: `sweep` stays inside the size, hence each row inside the flow and `y`.
            unsafe {
                let (from, to) = (flow.from(row * size), flow.to(row * size));
                let y = y.as_ptr().add(row * size);
                let mut sum = simd.splat(0.0);
                sweep!(simd: size, |at, lanes| sum = simd.add(sum, lanes.load(simd, from.add(at))));
                let sum = simd.splat(simd.sum(sum));
                sweep!(simd: size, |at, lanes| {
                    let y = math::exp(simd, lanes.load(simd, y.add(at)));
                    let dy = lanes.load(simd, from.add(at));
                    lanes.store(simd, to.add(at), simd.sub(dy, simd.mul(y, sum)));
                });
            }
        }
    }
}

/// Softmax and its logarithm in `f64`, by the formula.
pub mod reference {
    /// `exp(x) / Σ exp(x)` of each row.
    pub fn forward(size: usize, x: &[f64]) -> Vec<f64> {
        log_softmax_forward(size, x)
            .into_iter()
            .map(f64::exp)
            .collect()
    }

    /// `dx_i = Σ_j dy_j * y_j * ((i == j) - y_i)`.
    pub fn backward(size: usize, x: &[f64], dy: &[f64]) -> Vec<f64> {
        let y = forward(size, x);
        each(size, x.len(), |row, i| {
            (0..size)
                .map(|j| dy[row + j] * y[row + j] * (f64::from(u8::from(i == j)) - y[row + i]))
                .sum()
        })
    }

    /// `x - ln Σ exp(x)` of each row.
    pub fn log_softmax_forward(size: usize, x: &[f64]) -> Vec<f64> {
        each(size, x.len(), |row, i| {
            x[row + i] - x[row..row + size].iter().map(|x| x.exp()).sum::<f64>().ln()
        })
    }

    /// `dx_i = Σ_j dy_j * ((i == j) - softmax_i)`.
    pub fn log_softmax_backward(size: usize, x: &[f64], dy: &[f64]) -> Vec<f64> {
        let y = forward(size, x);
        each(size, x.len(), |row, i| {
            (0..size)
                .map(|j| dy[row + j] * (f64::from(u8::from(i == j)) - y[row + i]))
                .sum()
        })
    }

    /// `f(start of the row, index in the row)` for each of `len` values.
    fn each(size: usize, len: usize, f: impl Fn(usize, usize) -> f64) -> Vec<f64> {
        (0..len).map(|at| f(at / size * size, at % size)).collect()
    }
}

//! Max pooling: the largest value of each window, channel by channel.

mod halving;
mod larger;
pub mod reference;
#[cfg(test)]
mod tests;
mod windows;

use halving::{Halve, HalveBackward};
use windows::{Backward, Forward};

use super::length::{check_len, product};
use super::pool::Pool2d;
use crate::simd::dispatch;

pub(super) use larger::max;

/// `y[i, j, c] = max x[window of (i, j), c]`; a NaN in a window is its result.
///
/// `x`: `(n, height, width, channels)`; `y`: `(n, output height, output width, channels)`.
///
/// # Panics
/// If a slice doesn't have the length that `spec` and `n` give.
pub fn forward(spec: &Pool2d, n: usize, x: &[f32], y: &mut [f32]) {
    check_len(
        x.len(),
        product([n, spec.input_len()]),
        "max_pool2d: length of x",
    );
    check_len(
        y.len(),
        product([n, spec.output_len()]),
        "max_pool2d: length of y",
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
    check_len(
        x.len(),
        product([n, spec.input_len()]),
        "max_pool2d: length of x",
    );
    check_len(
        y.len(),
        product([n, spec.output_len()]),
        "max_pool2d: length of y",
    );
    check_len(
        dy.len(),
        product([n, spec.output_len()]),
        "max_pool2d: length of dy",
    );
    check_len(
        dx.len(),
        product([n, spec.input_len()]),
        "max_pool2d: length of dx",
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

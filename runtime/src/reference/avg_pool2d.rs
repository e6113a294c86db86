//! Average pooling in `f64`.

use super::windows::{inside, windows};
use crate::kernels::pool::Pool2d;

/// The mean of each window's real positions.
pub fn forward(spec: &Pool2d, n: usize, x: &[f64]) -> Vec<f64> {
    windows(spec, n)
        .map(|window| {
            inside(spec, window).map(|at| x[at]).sum::<f64>() / inside(spec, window).count() as f64
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

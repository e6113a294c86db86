//! Max pooling in `f64`.

use super::windows::{inside, windows};
use crate::kernels::pool::Pool2d;

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

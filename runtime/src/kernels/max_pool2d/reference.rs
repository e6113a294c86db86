//! Max pooling in `f64`.

use crate::kernels::pool::Pool2d;
use crate::kernels::pool::reference::{inside, windows};

/// The largest value of each window, NaN if one is.
pub fn forward(spec: &Pool2d, n: usize, x: &[f64]) -> Vec<f64> {
    windows(spec, n)
        .map(|window| largest(inside(spec, window).map(|at| x[at])))
        .collect()
}

fn largest(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(f64::NEG_INFINITY, |largest, x| {
        if x > largest || x.is_nan() {
            x
        } else {
            largest
        }
    })
}

/// Each `dy` goes to the first position of its window that holds the maximum.
pub fn backward(spec: &Pool2d, n: usize, x: &[f64], dy: &[f64]) -> Vec<f64> {
    let mut dx = vec![0.0; x.len()];
    for (window, dy) in windows(spec, n).zip(dy) {
        let max = largest(inside(spec, window).map(|at| x[at]));
        if let Some(first) = inside(spec, window).find(|&at| x[at] == max) {
            dx[first] += dy;
        }
    }
    dx
}

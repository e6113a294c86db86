//! Dropout in `f64`, element by element.

use crate::kernels::dropout::keeps;

/// `x / (1 - rate)` where element `first + i` of the batch is kept, else 0.
pub fn forward(rate: f32, key: u64, first: u64, x: &[f64]) -> Vec<f64> {
    x.iter()
        .zip(first..)
        .map(|(x, index)| {
            if keeps(rate, key, index) {
                x / (1.0 - f64::from(rate))
            } else {
                0.0
            }
        })
        .collect()
}

/// The same of the gradient.
pub fn backward(rate: f32, key: u64, first: u64, dy: &[f64]) -> Vec<f64> {
    forward(rate, key, first, dy)
}

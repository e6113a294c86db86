//! Layer normalisation in `f64`: group normalisation of one position and one group.

use super::group_norm;
use crate::kernels::group_norm::GroupNorm;

/// `(x - mean) / sqrt(variance + epsilon) * scale + shift`, by row.
pub fn forward(
    features: usize,
    rows: usize,
    x: &[f64],
    scale: &[f64],
    shift: &[f64],
    epsilon: f64,
) -> Vec<f64> {
    group_norm::forward(&row(features), rows, x, scale, shift, epsilon)
}

/// `(dx, dscale, dshift)`.
pub fn backward(
    features: usize,
    rows: usize,
    x: &[f64],
    scale: &[f64],
    epsilon: f64,
    dy: &[f64],
) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
    group_norm::backward(&row(features), rows, x, scale, epsilon, dy)
}

fn row(features: usize) -> GroupNorm {
    GroupNorm {
        positions: 1,
        channels: features,
        groups: 1,
    }
}

//! Global average pooling in `f64`.

use crate::kernels::pool::GlobalPool;

/// Each channel's mean over all positions.
pub fn forward(spec: &GlobalPool, n: usize, x: &[f64]) -> Vec<f64> {
    (0..n * spec.channels)
        .map(|at| {
            let (example, c) = (at / spec.channels, at % spec.channels);
            let value = |p: usize| x[(example * spec.positions + p) * spec.channels + c];
            (0..spec.positions).map(value).sum::<f64>() / spec.positions as f64
        })
        .collect()
}

/// `dy / positions` at each position.
pub fn backward(spec: &GlobalPool, n: usize, dy: &[f64]) -> Vec<f64> {
    (0..n * spec.input_len())
        .map(|at| {
            let (example, c) = (at / spec.input_len(), at % spec.channels);
            dy[example * spec.channels + c] / spec.positions as f64
        })
        .collect()
}

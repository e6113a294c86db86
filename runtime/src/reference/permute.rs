//! Permuting axes in `f64`, by coordinates.

use super::coordinates::coordinates;

/// Axis `k` of the result is axis `axes[k]` of an example of shape `shape`.
pub fn forward(shape: &[usize], axes: &[usize], n: usize, x: &[f64]) -> Vec<f64> {
    sources(shape, axes, n).map(|from| x[from]).collect()
}

/// The gradient of each value, from where it went.
pub fn backward(shape: &[usize], axes: &[usize], n: usize, dy: &[f64]) -> Vec<f64> {
    let mut dx = vec![0.0; dy.len()];
    for (from, dy) in sources(shape, axes, n).zip(dy) {
        dx[from] = *dy;
    }
    dx
}

/// Where each value of the result stood.
fn sources(shape: &[usize], axes: &[usize], n: usize) -> impl Iterator<Item = usize> {
    let output: Vec<usize> = axes.iter().map(|&axis| shape[axis]).collect();
    let one: Vec<usize> = coordinates(&output)
        .map(|k| {
            let mut coordinate = vec![0; shape.len()];
            for (&axis, k) in axes.iter().zip(k) {
                coordinate[axis] = k;
            }
            shape
                .iter()
                .zip(coordinate)
                .fold(0, |at, (&size, k)| at * size + k)
        })
        .collect();
    let len = one.len();
    (0..n).flat_map(move |example| {
        one.clone()
            .into_iter()
            .map(move |from| example * len + from)
    })
}

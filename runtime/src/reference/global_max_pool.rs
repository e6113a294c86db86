//! Global max pooling in `f64`.

use crate::kernels::pool::GlobalPool;

/// Each channel's largest value over all positions.
pub fn forward(spec: &GlobalPool, n: usize, x: &[f64]) -> Vec<f64> {
    firsts(spec, n, x).map(|at| x[at]).collect()
}

/// `dy` at the first position that holds the maximum, 0 elsewhere.
pub fn backward(spec: &GlobalPool, n: usize, x: &[f64], dy: &[f64]) -> Vec<f64> {
    let mut dx = vec![0.0; x.len()];
    for (first, dy) in firsts(spec, n, x).zip(dy) {
        dx[first] = *dy;
    }
    dx
}

/// Where each channel's maximum first stands.
fn firsts<'a>(spec: &GlobalPool, n: usize, x: &'a [f64]) -> impl Iterator<Item = usize> + use<'a> {
    let spec = *spec;
    (0..n * spec.channels).map(move |at| {
        let (example, c) = (at / spec.channels, at % spec.channels);
        let position = |p: usize| (example * spec.positions + p) * spec.channels + c;
        (1..spec.positions).map(position).fold(
            position(0),
            |best, at| if x[at] > x[best] { at } else { best },
        )
    })
}

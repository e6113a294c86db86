//! Padding in `f64`, pixel by pixel.

use crate::kernels::pad::Pad2d;

/// `x` with zeros around it.
pub fn forward(spec: &Pad2d, n: usize, x: &[f64]) -> Vec<f64> {
    (0..n * spec.output_len())
        .map(|at| source(spec, at).map_or(0.0, |from| x[from]))
        .collect()
}

/// `dy` without its border.
pub fn backward(spec: &Pad2d, n: usize, dy: &[f64]) -> Vec<f64> {
    let mut dx = vec![0.0; n * spec.input_len()];
    for (at, dy) in dy.iter().enumerate() {
        if let Some(from) = source(spec, at) {
            dx[from] = *dy;
        }
    }
    dx
}

/// Where the value at `at` of the output stands in the input, if it isn't in the border.
fn source(spec: &Pad2d, at: usize) -> Option<usize> {
    let [height, width] = spec.output();
    let (pixel, c) = (at / spec.channels, at % spec.channels);
    let row = (pixel / width % height).checked_sub(spec.padding[0][0])?;
    let column = (pixel % width).checked_sub(spec.padding[1][0])?;
    let example = pixel / width / height;
    (row < spec.height && column < spec.width)
        .then(|| ((example * spec.height + row) * spec.width + column) * spec.channels + c)
}

//! Enlarging pictures in `f64`: a new pixel is a sum of old ones, by weights of rows times weights of columns.

use crate::kernels::upsample2d::{Interpolation, Upsample2d};

/// The weight that old position `old` of an axis of `size` has in new position `new`.
fn weight(interpolation: Interpolation, new: usize, old: usize, factor: usize, size: usize) -> f64 {
    match interpolation {
        Interpolation::Nearest => f64::from(u8::from(new / factor == old)),
        Interpolation::Bilinear => {
            let centre = ((new as f64 + 0.5) / factor as f64 - 0.5).clamp(0.0, (size - 1) as f64);
            (1.0 - (centre - old as f64).abs()).max(0.0)
        }
    }
}

/// `y[i, j] = Σ weight(i, row) * weight(j, column) * x[row, column]`.
pub fn forward(spec: &Upsample2d, n: usize, x: &[f64]) -> Vec<f64> {
    let mut y = vec![0.0; n * spec.output_len()];
    each(spec, n, |new, old, weight| y[new] += weight * x[old]);
    y
}

/// `dx[row, column] = Σ weight(i, row) * weight(j, column) * dy[i, j]`.
pub fn backward(spec: &Upsample2d, n: usize, dy: &[f64]) -> Vec<f64> {
    let mut dx = vec![0.0; n * spec.input_len()];
    each(spec, n, |new, old, weight| dx[old] += weight * dy[new]);
    dx
}

/// Every pair of a new and an old value of the same example and channel, with its weight.
fn each(spec: &Upsample2d, n: usize, mut visit: impl FnMut(usize, usize, f64)) {
    let [height, width] = spec.output();
    for example in 0..n {
        for (i, j) in (0..height).flat_map(|i| (0..width).map(move |j| (i, j))) {
            for (row, column) in (0..spec.height).flat_map(|r| (0..spec.width).map(move |c| (r, c)))
            {
                let weight = weight(spec.interpolation, i, row, spec.factor[0], spec.height)
                    * weight(spec.interpolation, j, column, spec.factor[1], spec.width);
                for c in 0..spec.channels {
                    let new = ((example * height + i) * width + j) * spec.channels + c;
                    let old =
                        ((example * spec.height + row) * spec.width + column) * spec.channels + c;
                    visit(new, old, weight);
                }
            }
        }
    }
}

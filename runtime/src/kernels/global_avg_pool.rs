//! Global average pooling: each channel's mean over all positions.

use super::pool::GlobalPool;

/// `y[c] = mean over p of x[p, c]`.
///
/// `x`: `(n, positions, channels)`; `y`: `(n, channels)`.
///
/// # Panics
/// If a slice doesn't have the length that `spec` and `n` give.
pub fn forward(spec: &GlobalPool, n: usize, x: &[f32], y: &mut [f32]) {
    assert_eq!(
        x.len(),
        n * spec.input_len(),
        "global_avg_pool: length of x"
    );
    assert_eq!(
        y.len(),
        n * spec.output_len(),
        "global_avg_pool: length of y"
    );
    let channels = spec.channels;
    let factor = 1.0 / spec.positions as f32;
    for example in 0..n {
        let x = &x[example * spec.input_len()..][..spec.input_len()];
        let y = &mut y[example * channels..][..channels];
        y.fill(0.0);
        for p in 0..spec.positions {
            for (y, &x) in y.iter_mut().zip(&x[p * channels..][..channels]) {
                *y += x;
            }
        }
        for y in y {
            *y *= factor;
        }
    }
}

/// `dx[p, c] = dy[c] / positions`; all of `dx` is written.
///
/// # Panics
/// If a slice doesn't have the length that `spec` and `n` give.
pub fn backward(spec: &GlobalPool, n: usize, dy: &[f32], dx: &mut [f32]) {
    assert_eq!(
        dy.len(),
        n * spec.output_len(),
        "global_avg_pool: length of dy"
    );
    assert_eq!(
        dx.len(),
        n * spec.input_len(),
        "global_avg_pool: length of dx"
    );
    let channels = spec.channels;
    let factor = 1.0 / spec.positions as f32;
    for example in 0..n {
        let dy = &dy[example * channels..][..channels];
        let dx = &mut dx[example * spec.input_len()..][..spec.input_len()];
        for p in 0..spec.positions {
            for (dx, &dy) in dx[p * channels..][..channels].iter_mut().zip(dy) {
                *dx = factor * dy;
            }
        }
    }
}

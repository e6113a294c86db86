//! Global max pooling: each channel's largest value over all positions.

use super::pool::GlobalPool;

/// `y[c] = max over p of x[p, c]`; a NaN is the result of its channel.
///
/// `x`: `(n, positions, channels)`; `y`: `(n, channels)`.
///
/// # Panics
/// If a slice doesn't have the length that `spec` and `n` give.
pub fn forward(spec: &GlobalPool, n: usize, x: &[f32], y: &mut [f32]) {
    assert_eq!(
        x.len(),
        n * spec.input_len(),
        "global_max_pool: length of x"
    );
    assert_eq!(
        y.len(),
        n * spec.output_len(),
        "global_max_pool: length of y"
    );
    let channels = spec.channels;
    for example in 0..n {
        let x = &x[example * spec.input_len()..][..spec.input_len()];
        let y = &mut y[example * channels..][..channels];
        y.fill(f32::NEG_INFINITY);
        for p in 0..spec.positions {
            for (y, &x) in y.iter_mut().zip(&x[p * channels..][..channels]) {
                *y = if x > *y || x.is_nan() { x } else { *y };
            }
        }
    }
}

/// Sends `dy[c]` to the first position that holds the maximum, zero to the others; all of `dx` is written.
///
/// `x` and `y` are the input and output of [`forward`].
///
/// # Panics
/// If a slice doesn't have the length that `spec` and `n` give.
pub fn backward(spec: &GlobalPool, n: usize, x: &[f32], y: &[f32], dy: &[f32], dx: &mut [f32]) {
    assert_eq!(
        x.len(),
        n * spec.input_len(),
        "global_max_pool: length of x"
    );
    assert_eq!(
        y.len(),
        n * spec.output_len(),
        "global_max_pool: length of y"
    );
    assert_eq!(
        dy.len(),
        n * spec.output_len(),
        "global_max_pool: length of dy"
    );
    assert_eq!(
        dx.len(),
        n * spec.input_len(),
        "global_max_pool: length of dx"
    );
    let channels = spec.channels;
    dx.fill(0.0);
    for example in 0..n {
        let start = example * spec.input_len();
        for c in 0..channels {
            let at = example * channels + c;
            let first = (0..spec.positions)
                .map(|p| start + p * channels + c)
                .find(|&from| x[from] == y[at] || x[from].is_nan());
            if let Some(from) = first {
                dx[from] = dy[at];
            }
        }
    }
}

//! Max pooling: the largest value of each window, channel by channel.

use super::pool::Pool2d;

/// `y[i, j, c] = max x[window of (i, j), c]`; a NaN in a window is its result.
///
/// `x`: `(n, height, width, channels)`; `y`: `(n, output height, output width, channels)`.
///
/// # Panics
/// If a slice doesn't have the length that `spec` and `n` give.
pub fn forward(spec: &Pool2d, n: usize, x: &[f32], y: &mut [f32]) {
    assert_eq!(x.len(), n * spec.input_len(), "max_pool2d: length of x");
    assert_eq!(y.len(), n * spec.output_len(), "max_pool2d: length of y");
    let [output_height, output_width] = spec.output();
    let channels = spec.channels;
    if spec.input_len() == 0 || spec.output_len() == 0 {
        return;
    }
    for (x, y) in x
        .chunks_exact(spec.input_len())
        .zip(y.chunks_exact_mut(spec.output_len()))
    {
        for i in 0..output_height {
            for j in 0..output_width {
                let at = (i * output_width + j) * channels;
                let y = &mut y[at..at + channels];
                y.fill(f32::NEG_INFINITY);
                for row in spec.rows(i) {
                    for column in spec.columns(j) {
                        let at = (row * spec.width + column) * channels;
                        for (y, &x) in y.iter_mut().zip(&x[at..at + channels]) {
                            *y = if x > *y || x.is_nan() { x } else { *y };
                        }
                    }
                }
            }
        }
    }
}

/// Sends each `dy` to the first position of its window (row by row) that holds the maximum, as PyTorch does.
///
/// `x` and `y` are the input and output of [`forward`]; all of `dx` is written.
///
/// # Panics
/// If a slice doesn't have the length that `spec` and `n` give.
pub fn backward(spec: &Pool2d, n: usize, x: &[f32], y: &[f32], dy: &[f32], dx: &mut [f32]) {
    assert_eq!(x.len(), n * spec.input_len(), "max_pool2d: length of x");
    assert_eq!(y.len(), n * spec.output_len(), "max_pool2d: length of y");
    assert_eq!(dy.len(), n * spec.output_len(), "max_pool2d: length of dy");
    assert_eq!(dx.len(), n * spec.input_len(), "max_pool2d: length of dx");
    let [output_height, output_width] = spec.output();
    let channels = spec.channels;
    dx.fill(0.0);
    for example in 0..n {
        let x = &x[example * spec.input_len()..][..spec.input_len()];
        let y = &y[example * spec.output_len()..][..spec.output_len()];
        let dy = &dy[example * spec.output_len()..][..spec.output_len()];
        let dx = &mut dx[example * spec.input_len()..][..spec.input_len()];
        for i in 0..output_height {
            for j in 0..output_width {
                for c in 0..channels {
                    let at = (i * output_width + j) * channels + c;
                    'window: for row in spec.rows(i) {
                        for column in spec.columns(j) {
                            let from = (row * spec.width + column) * channels + c;
                            if x[from] == y[at] || x[from].is_nan() {
                                dx[from] += dy[at];
                                break 'window;
                            }
                        }
                    }
                }
            }
        }
    }
}

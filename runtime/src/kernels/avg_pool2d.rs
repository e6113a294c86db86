//! Average pooling: the mean of each window, channel by channel.

use super::pool::Pool2d;

/// `y[i, j, c] = mean x[window of (i, j), c]`, over the real pixels of the window: padding doesn't count.
///
/// `x`: `(n, height, width, channels)`; `y`: `(n, output height, output width, channels)`.
///
/// # Panics
/// If a slice doesn't have the length that `spec` and `n` give.
pub fn forward(spec: &Pool2d, n: usize, x: &[f32], y: &mut [f32]) {
    assert_eq!(x.len(), n * spec.input_len(), "avg_pool2d: length of x");
    assert_eq!(y.len(), n * spec.output_len(), "avg_pool2d: length of y");
    let [output_height, output_width] = spec.output();
    let channels = spec.channels;
    for example in 0..n {
        let x = &x[example * spec.input_len()..][..spec.input_len()];
        let y = &mut y[example * spec.output_len()..][..spec.output_len()];
        for i in 0..output_height {
            for j in 0..output_width {
                let at = (i * output_width + j) * channels;
                let y = &mut y[at..at + channels];
                y.fill(0.0);
                for row in spec.rows(i) {
                    for column in spec.columns(j) {
                        let at = (row * spec.width + column) * channels;
                        for (y, &x) in y.iter_mut().zip(&x[at..at + channels]) {
                            *y += x;
                        }
                    }
                }
                let factor = 1.0 / (spec.rows(i).len() * spec.columns(j).len()) as f32;
                for y in y {
                    *y *= factor;
                }
            }
        }
    }
}

/// Shares each `dy` equally among the pixels of its window; all of `dx` is written.
///
/// # Panics
/// If a slice doesn't have the length that `spec` and `n` give.
pub fn backward(spec: &Pool2d, n: usize, dy: &[f32], dx: &mut [f32]) {
    assert_eq!(dy.len(), n * spec.output_len(), "avg_pool2d: length of dy");
    assert_eq!(dx.len(), n * spec.input_len(), "avg_pool2d: length of dx");
    let [output_height, output_width] = spec.output();
    let channels = spec.channels;
    dx.fill(0.0);
    for example in 0..n {
        let dy = &dy[example * spec.output_len()..][..spec.output_len()];
        let dx = &mut dx[example * spec.input_len()..][..spec.input_len()];
        for i in 0..output_height {
            for j in 0..output_width {
                let at = (i * output_width + j) * channels;
                let dy = &dy[at..at + channels];
                let factor = 1.0 / (spec.rows(i).len() * spec.columns(j).len()) as f32;
                for row in spec.rows(i) {
                    for column in spec.columns(j) {
                        let at = (row * spec.width + column) * channels;
                        for (dx, &dy) in dx[at..at + channels].iter_mut().zip(dy) {
                            *dx += factor * dy;
                        }
                    }
                }
            }
        }
    }
}

//! Softmax and its logarithm over the last axis.

/// `y = exp(x - max) / Σ exp(x - max)` in each row.
///
/// `x`, `y`: `(rows, size)`. A row that holds a NaN becomes NaN.
///
/// # Panics
/// If a slice doesn't hold `rows * size` values.
pub fn forward(size: usize, rows: usize, x: &[f32], y: &mut [f32]) {
    assert_eq!(x.len(), rows * size, "softmax: length of x");
    assert_eq!(y.len(), rows * size, "softmax: length of y");
    y.copy_from_slice(x);
    forward_in_place(size, rows, y);
}

/// [`forward`] on values that it replaces.
///
/// # Panics
/// If `x` doesn't hold `rows * size` values.
pub fn forward_in_place(size: usize, rows: usize, x: &mut [f32]) {
    assert_eq!(x.len(), rows * size, "softmax: length of x");
    for row in x.chunks_exact_mut(size.max(1)) {
        let max = largest(row);
        let mut sum = 0.0;
        for x in row.iter_mut() {
            *x = (*x - max).exp();
            sum += *x;
        }
        let factor = 1.0 / sum;
        for x in row {
            *x *= factor;
        }
    }
}

/// `dx = y * (dy - Σ dy * y)` in each row, with `y` the output of [`forward`]; all of `dx` is written.
///
/// # Panics
/// If a slice doesn't hold `rows * size` values.
pub fn backward(size: usize, rows: usize, y: &[f32], dy: &[f32], dx: &mut [f32]) {
    assert_eq!(y.len(), rows * size, "softmax: length of y");
    assert_eq!(dy.len(), rows * size, "softmax: length of dy");
    assert_eq!(dx.len(), rows * size, "softmax: length of dx");
    for row in 0..rows {
        let (y, dy) = (&y[row * size..][..size], &dy[row * size..][..size]);
        let dot: f32 = y.iter().zip(dy).map(|(y, dy)| y * dy).sum();
        for ((dx, &y), &dy) in dx[row * size..][..size].iter_mut().zip(y).zip(dy) {
            *dx = y * (dy - dot);
        }
    }
}

/// `y = x - max - ln Σ exp(x - max)` in each row.
///
/// `x`, `y`: `(rows, size)`. A row that holds a NaN becomes NaN.
///
/// # Panics
/// If a slice doesn't hold `rows * size` values.
pub fn log_softmax_forward(size: usize, rows: usize, x: &[f32], y: &mut [f32]) {
    assert_eq!(x.len(), rows * size, "log_softmax: length of x");
    assert_eq!(y.len(), rows * size, "log_softmax: length of y");
    y.copy_from_slice(x);
    log_softmax_forward_in_place(size, rows, y);
}

/// [`log_softmax_forward`] on values that it replaces.
///
/// # Panics
/// If `x` doesn't hold `rows * size` values.
pub fn log_softmax_forward_in_place(size: usize, rows: usize, x: &mut [f32]) {
    assert_eq!(x.len(), rows * size, "log_softmax: length of x");
    for row in x.chunks_exact_mut(size.max(1)) {
        let max = largest(row);
        let sum: f32 = row.iter().map(|&x| (x - max).exp()).sum();
        let shift = sum.ln();
        for x in row {
            *x = (*x - max) - shift;
        }
    }
}

/// `dx = dy - exp(y) * Σ dy` in each row, with `y` the output of [`log_softmax_forward`]; all of `dx` is written.
///
/// # Panics
/// If a slice doesn't hold `rows * size` values.
pub fn log_softmax_backward(size: usize, rows: usize, y: &[f32], dy: &[f32], dx: &mut [f32]) {
    assert_eq!(y.len(), rows * size, "log_softmax: length of y");
    assert_eq!(dy.len(), rows * size, "log_softmax: length of dy");
    assert_eq!(dx.len(), rows * size, "log_softmax: length of dx");
    for row in 0..rows {
        let (y, dy) = (&y[row * size..][..size], &dy[row * size..][..size]);
        let sum: f32 = dy.iter().sum();
        for ((dx, &y), &dy) in dx[row * size..][..size].iter_mut().zip(y).zip(dy) {
            *dx = dy - y.exp() * sum;
        }
    }
}

/// The largest value of a row; NaN if it holds one.
fn largest(row: &[f32]) -> f32 {
    row.iter().fold(f32::NEG_INFINITY, |max, &x| {
        if x > max || x.is_nan() { x } else { max }
    })
}

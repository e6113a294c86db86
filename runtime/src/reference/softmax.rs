//! Softmax and its logarithm in `f64`, by the formula.

/// `exp(x) / Σ exp(x)` of each row.
pub fn forward(size: usize, x: &[f64]) -> Vec<f64> {
    log_softmax_forward(size, x)
        .into_iter()
        .map(f64::exp)
        .collect()
}

/// `dx_i = Σ_j dy_j * y_j * ((i == j) - y_i)`.
pub fn backward(size: usize, x: &[f64], dy: &[f64]) -> Vec<f64> {
    let y = forward(size, x);
    each(size, x.len(), |row, i| {
        (0..size)
            .map(|j| dy[row + j] * y[row + j] * (f64::from(u8::from(i == j)) - y[row + i]))
            .sum()
    })
}

/// `x - ln Σ exp(x)` of each row.
pub fn log_softmax_forward(size: usize, x: &[f64]) -> Vec<f64> {
    each(size, x.len(), |row, i| {
        x[row + i] - x[row..row + size].iter().map(|x| x.exp()).sum::<f64>().ln()
    })
}

/// `dx_i = Σ_j dy_j * ((i == j) - softmax_i)`.
pub fn log_softmax_backward(size: usize, x: &[f64], dy: &[f64]) -> Vec<f64> {
    let y = forward(size, x);
    each(size, x.len(), |row, i| {
        (0..size)
            .map(|j| dy[row + j] * (f64::from(u8::from(i == j)) - y[row + i]))
            .sum()
    })
}

/// `f(start of the row, index in the row)` for each of `len` values.
fn each(size: usize, len: usize, f: impl Fn(usize, usize) -> f64) -> Vec<f64> {
    (0..len).map(|at| f(at / size * size, at % size)).collect()
}

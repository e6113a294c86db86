//! Batch normalisation of a whole batch in `f64`.

/// Mean and (biased) variance of each channel.
pub fn statistics(channels: usize, rows: usize, x: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let mean_of = |f: &dyn Fn(usize, f64) -> f64| -> Vec<f64> {
        (0..channels)
            .map(|c| {
                (0..rows)
                    .map(|row| f(c, x[row * channels + c]))
                    .sum::<f64>()
                    / rows as f64
            })
            .collect()
    };
    let mean = mean_of(&|_, x| x);
    let variance = mean_of(&|c, x| (x - mean[c]) * (x - mean[c]));
    (mean, variance)
}

/// The running mean and variance of each channel after a batch: mean and unbiased variance, `Σ (x - mean)² / (rows - 1)`,
/// move in by `1 - momentum`; a single row changes nothing.
pub fn running(
    channels: usize,
    rows: usize,
    x: &[f64],
    momentum: f64,
    [mean, variance]: [&[f64]; 2],
) -> [Vec<f64>; 2] {
    if rows < 2 {
        return [mean.to_vec(), variance.to_vec()];
    }
    let (batch_mean, biased) = statistics(channels, rows, x);
    let moved = |old: &[f64], new: &dyn Fn(usize) -> f64| -> Vec<f64> {
        (0..channels)
            .map(|c| momentum * old[c] + (1.0 - momentum) * new(c))
            .collect()
    };
    let unbiased = |c: usize| biased[c] * rows as f64 / (rows as f64 - 1.0);
    [moved(mean, &|c| batch_mean[c]), moved(variance, &unbiased)]
}

/// `(x - mean) / sqrt(variance + epsilon) * scale + shift`, with the given statistics.
pub fn inference(
    channels: usize,
    x: &[f64],
    mean: &[f64],
    variance: &[f64],
    scale: &[f64],
    shift: &[f64],
    epsilon: f64,
) -> Vec<f64> {
    x.iter()
        .enumerate()
        .map(|(at, x)| {
            let c = at % channels;
            (x - mean[c]) / (variance[c] + epsilon).sqrt() * scale[c] + shift[c]
        })
        .collect()
}

/// The same with the batch's own statistics.
pub fn forward(
    channels: usize,
    rows: usize,
    x: &[f64],
    scale: &[f64],
    shift: &[f64],
    epsilon: f64,
) -> Vec<f64> {
    let (mean, variance) = statistics(channels, rows, x);
    inference(channels, x, &mean, &variance, scale, shift, epsilon)
}

/// `(dx, dscale, dshift)`.
pub fn backward(
    channels: usize,
    rows: usize,
    x: &[f64],
    scale: &[f64],
    epsilon: f64,
    dy: &[f64],
) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
    let (ones, zeros) = (vec![1.0; channels], vec![0.0; channels]);
    let (_, variance) = statistics(channels, rows, x);
    let normalised = forward(channels, rows, x, &ones, &zeros, epsilon);
    let sum_over_rows = |f: &dyn Fn(usize) -> f64| -> Vec<f64> {
        (0..channels)
            .map(|c| (0..rows).map(|row| f(row * channels + c)).sum())
            .collect()
    };
    let dshift = sum_over_rows(&|at| dy[at]);
    let dscale = sum_over_rows(&|at| dy[at] * normalised[at]);
    let dx = (0..x.len())
        .map(|at| {
            let c = at % channels;
            scale[c] / (variance[c] + epsilon).sqrt()
                * (dy[at] - dshift[c] / rows as f64 - normalised[at] * dscale[c] / rows as f64)
        })
        .collect();
    (dx, dscale, dshift)
}

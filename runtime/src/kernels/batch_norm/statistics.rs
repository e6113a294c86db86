//! Statistics of a batch, from those of its chunks, and the running ones.

use super::vector::Statistics;
use crate::kernels::length::{check_len, product};
use crate::simd::dispatch;

/// One chunk's mean and sum of squared deviations (M2) of each channel.
///
/// `x`: `(rows, channels)`; `partial`: mean, M2 (`2 * channels`), set.
///
/// # Panics
/// If a slice doesn't have the length that the sizes give.
pub fn partial_statistics(channels: usize, rows: usize, x: &[f32], partial: &mut [f32]) {
    check_len(
        x.len(),
        product([rows, channels]),
        "batch_norm: length of x",
    );
    check_len(
        partial.len(),
        product([2, channels]),
        "batch_norm: length of partial",
    );
    let (means, m2s) = partial.split_at_mut(channels);
    dispatch(Statistics {
        channels,
        rows,
        x,
        range: 0..channels,
        partial: [means, m2s],
    });
}

/// The whole batch's statistics from those of its chunks, in their order, in `f64` (Chan et al. 1983).
///
/// `positions`: rows of one example; `examples_of_chunks`: examples of each chunk; `partials`: what
/// [`partial_statistics`] gave for each, one after the other; `statistics`: mean, `1 / sqrt(variance + epsilon)`, variance
/// (`3 * channels`), set. The variance is the biased one, `M2 / rows`.
///
/// # Panics
/// If a slice doesn't have the length that the sizes give.
pub fn combine_statistics(
    channels: usize,
    positions: usize,
    examples_of_chunks: &[usize],
    partials: &[f32],
    epsilon: f32,
    statistics: &mut [f32],
) {
    check_len(
        partials.len(),
        product([examples_of_chunks.len(), 2, channels]),
        "batch_norm: length of partials",
    );
    check_len(
        statistics.len(),
        product([3, channels]),
        "batch_norm: length of statistics",
    );
    for c in 0..channels {
        let (mut count, mut mean, mut m2) = (0.0_f64, 0.0_f64, 0.0_f64);
        for (chunk, &examples) in examples_of_chunks
            .iter()
            .enumerate()
            .filter(|(_, examples)| **examples > 0)
        {
            let partial = &partials[chunk * 2 * channels..][..2 * channels];
            let rows = examples as f64 * positions as f64;
            let delta = f64::from(partial[c]) - mean;
            let total = count + rows;
            mean += delta * rows / total;
            m2 += f64::from(partial[channels + c]) + delta * delta * count * rows / total;
            count = total;
        }
        let variance = if count > 0.0 { m2 / count } else { 0.0 };
        // One that is too large for `f32` has no inverse: 0 would pass for a result.
        let inverse = match variance as f32 {
            f32::INFINITY => f32::NAN,
            _ => (1.0 / (variance + f64::from(epsilon)).sqrt()) as f32,
        };
        statistics[c] = mean as f32;
        statistics[channels + c] = inverse;
        statistics[2 * channels + c] = variance as f32;
    }
}

/// `running = momentum * running + (1 - momentum) * batch`, for mean and variance.
///
/// `rows`: those of the whole batch, n. What is expected of the data is the variance with `n - 1` in the place of `n`, so the
/// batch's is taken times `n / (n - 1)` (algorithm 2). One row has no variance: it changes nothing.
///
/// # Panics
/// If a slice doesn't have the length that the sizes give.
pub fn update_running(
    channels: usize,
    rows: usize,
    momentum: f32,
    statistics: &[f32],
    running_mean: &mut [f32],
    running_variance: &mut [f32],
) {
    check_len(
        statistics.len(),
        product([3, channels]),
        "batch_norm: length of statistics",
    );
    check_len(
        running_mean.len(),
        channels,
        "batch_norm: length of running_mean",
    );
    check_len(
        running_variance.len(),
        channels,
        "batch_norm: length of running_variance",
    );
    if rows < 2 {
        return;
    }
    let unbiased = rows as f64 / (rows - 1) as f64;
    let move_towards = |running: &mut f32, batch: f32| {
        *running = momentum * *running + (1.0 - momentum) * batch;
    };
    let (mean, variance) = (&statistics[..channels], &statistics[2 * channels..]);
    for (running, &mean) in running_mean.iter_mut().zip(mean) {
        move_towards(running, mean);
    }
    for (running, &variance) in running_variance.iter_mut().zip(variance) {
        move_towards(running, (f64::from(variance) * unbiased) as f32);
    }
}

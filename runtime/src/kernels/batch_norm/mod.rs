//! Batch normalisation: each channel brought to mean 0 and variance 1 over the batch, then scaled and shifted.
//!
//! Values are `(rows, channels)`, rows being examples × positions. The batch may be cut into chunks: each chunk gives
//! partial sums, which are combined in the chunks' order before the next stage runs over the chunks again.
//! Arrays of several numbers per channel are one after the other: `[mean; C] [inverse std; C] ..`.
//! Source: Ioffe and Szegedy 2015, "Batch normalization".

mod affine;
pub mod reference;
#[cfg(test)]
mod tests;
mod vector;

use self::affine::{Moments, affine, finish};
use self::vector::{Direct, Products, Statistics, ThroughRelu, input_gradient};
use super::activation::{self, Activation};
use super::sweep::Flow;
use crate::kernels::length::product;
use crate::simd::dispatch;

/// One chunk's mean and sum of squared deviations (M2) of each channel.
///
/// `x`: `(rows, channels)`; `partial`: mean, M2 (`2 * channels`), set.
///
/// # Panics
/// If a slice doesn't have the length that the sizes give.
pub fn partial_statistics(channels: usize, rows: usize, x: &[f32], partial: &mut [f32]) {
    assert_eq!(
        x.len(),
        product([rows, channels]),
        "batch_norm: length of x"
    );
    assert_eq!(
        partial.len(),
        product([2, channels]),
        "batch_norm: length of partial"
    );
    dispatch(Statistics {
        channels,
        rows,
        x,
        partial,
    });
}

/// The whole batch's statistics from those of its chunks, in their order, in `f64` (Chan et al. 1983).
///
/// `positions`: rows of one example; `examples_of_chunks`: examples of each chunk; `partials`: what
/// [`partial_statistics`] gave for each, one after the other; `statistics`: mean, `1 / sqrt(variance + epsilon)`, variance (`3 * channels`), set. The variance is the biased
/// one, `M2 / rows`.
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
    assert_eq!(
        partials.len(),
        product([examples_of_chunks.len(), 2, channels]),
        "batch_norm: length of partials"
    );
    assert_eq!(
        statistics.len(),
        product([3, channels]),
        "batch_norm: length of statistics"
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
        statistics[c] = mean as f32;
        statistics[channels + c] = (1.0 / (variance + f64::from(epsilon)).sqrt()) as f32;
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
    assert_eq!(
        statistics.len(),
        product([3, channels]),
        "batch_norm: length of statistics"
    );
    assert_eq!(
        running_mean.len(),
        channels,
        "batch_norm: length of running_mean"
    );
    assert_eq!(
        running_variance.len(),
        channels,
        "batch_norm: length of running_variance"
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

/// `y = act((x - mean) * inverse std * scale + shift + residual)`, with the batch's statistics.
///
/// `x`, `y` and, if there is one, `residual`: `(rows, channels)`; `statistics` from [`combine_statistics`]; `scale`,
/// `shift`: `(channels)`.
///
/// # Panics
/// If a slice doesn't have the length that the sizes give.
#[expect(
    clippy::too_many_arguments,
    reason = "a kernel's operands are named one by one"
)]
pub fn forward(
    channels: usize,
    rows: usize,
    x: &[f32],
    statistics: &[f32],
    scale: &[f32],
    shift: &[f32],
    residual: Option<&[f32]>,
    act: Activation,
    y: &mut [f32],
) {
    assert_eq!(
        x.len(),
        product([rows, channels]),
        "batch_norm: length of x"
    );
    assert_eq!(
        y.len(),
        product([rows, channels]),
        "batch_norm: length of y"
    );
    let moments = Moments::Batch(statistics);
    let flow = Flow::between(x, y);
    affine(channels, flow, moments, scale, shift, residual, act);
    finish(act, y);
}

/// `y = act((x - running mean) / sqrt(running variance + epsilon) * scale + shift + residual)`: what prediction uses
/// where [`factor`] and [`fold_bias`] can't take it into the layer before.
///
/// # Panics
/// If a slice doesn't have the length that the sizes give.
#[expect(
    clippy::too_many_arguments,
    reason = "a kernel's operands are named one by one"
)]
pub fn inference(
    channels: usize,
    rows: usize,
    x: &[f32],
    running_mean: &[f32],
    running_variance: &[f32],
    scale: &[f32],
    shift: &[f32],
    epsilon: f32,
    residual: Option<&[f32]>,
    act: Activation,
    y: &mut [f32],
) {
    assert_eq!(
        x.len(),
        product([rows, channels]),
        "batch_norm: length of x"
    );
    assert_eq!(
        y.len(),
        product([rows, channels]),
        "batch_norm: length of y"
    );
    let moments = Moments::Running {
        mean: running_mean,
        variance: running_variance,
        epsilon,
    };
    let flow = Flow::between(x, y);
    affine(channels, flow, moments, scale, shift, residual, act);
    finish(act, y);
}

/// By how much the layer before multiplies a channel when the normalisation is folded into it:
/// `scale / sqrt(running variance + epsilon)`.
pub fn factor(running_variance: f32, scale: f32, epsilon: f32) -> f32 {
    scale / (running_variance + epsilon).sqrt()
}

/// The bias of the layer before when the normalisation is folded into it, in place of its own `bias` (none is 0):
/// `(bias - running mean) * factor + shift`, with [`factor`].
///
/// # Panics
/// If a slice doesn't have the length of `folded`.
pub fn fold_bias(
    bias: Option<&[f32]>,
    running_mean: &[f32],
    running_variance: &[f32],
    scale: &[f32],
    shift: &[f32],
    epsilon: f32,
    folded: &mut [f32],
) {
    let channels = folded.len();
    for (what, values) in [
        ("bias", bias.unwrap_or(running_mean)),
        ("running_mean", running_mean),
        ("running_variance", running_variance),
        ("scale", scale),
        ("shift", shift),
    ] {
        assert_eq!(values.len(), channels, "batch_norm: length of {what}");
    }
    for (c, folded) in folded.iter_mut().enumerate() {
        let bias = bias.map_or(0.0, |bias| bias[c]);
        let factor = factor(running_variance[c], scale[c], epsilon);
        *folded = (bias - running_mean[c]) * factor + shift[c];
    }
}

/// One chunk's sums over its rows of `dy` and of `dy * x̂`, with `x̂ = (x - mean) * inverse std`.
///
/// `dy` is the gradient before the activation; `partial`: sum dy, sum dy * x̂ (`2 * channels`), set.
///
/// # Panics
/// If a slice doesn't have the length that the sizes give.
pub fn backward_partial(
    channels: usize,
    rows: usize,
    x: &[f32],
    statistics: &[f32],
    dy: &[f32],
    partial: &mut [f32],
) {
    assert_eq!(
        x.len(),
        product([rows, channels]),
        "batch_norm: length of x"
    );
    assert_eq!(
        dy.len(),
        product([rows, channels]),
        "batch_norm: length of dy"
    );
    assert_eq!(
        statistics.len(),
        product([3, channels]),
        "batch_norm: length of statistics"
    );
    assert_eq!(
        partial.len(),
        product([2, channels]),
        "batch_norm: length of partial"
    );
    dispatch(Products {
        channels,
        rows,
        x,
        statistics,
        dy: Direct(dy),
        partial,
    });
}

/// [`backward_partial`] from the gradient after the activation, which it replaces by the one before.
///
/// `saved`: the activation's output or input, as in [`activation::backward`]. `Relu` costs no pass of its own.
///
/// # Panics
/// If a slice doesn't have the length that the sizes give.
#[expect(
    clippy::too_many_arguments,
    reason = "a kernel's operands are named one by one"
)]
pub fn backward_partial_in_place(
    channels: usize,
    rows: usize,
    x: &[f32],
    statistics: &[f32],
    act: Activation,
    saved: &[f32],
    d: &mut [f32],
    partial: &mut [f32],
) {
    if act == Activation::Relu {
        let dy = ThroughRelu::new(saved, d);
        dispatch(Products {
            channels,
            rows,
            x,
            statistics,
            dy,
            partial,
        });
    } else {
        activation::backward_in_place(act, saved, d);
        backward_partial(channels, rows, x, statistics, d, partial);
    }
}

/// The gradients of scale and shift, and the coefficients with which `dx = a * dy + b * x + c`.
///
/// `partials`: what [`backward_partial`] gave for each chunk, one after the other; `rows_total`: rows of the whole
/// batch; `coefficients`: a, b, c (`3 * channels`), set; `dscale`, `dshift`: added to.
/// With sums `s1 = Σ dy`, `s2 = Σ dy * x̂`: `dx = scale * inverse std * (dy - s1 / rows - x̂ * s2 / rows)`.
///
/// # Panics
/// If a slice doesn't have the length that the sizes give.
#[expect(
    clippy::too_many_arguments,
    reason = "a kernel's operands are named one by one"
)]
pub fn backward_combine(
    channels: usize,
    rows_total: usize,
    partials: &[f32],
    statistics: &[f32],
    scale: &[f32],
    coefficients: &mut [f32],
    dscale: &mut [f32],
    dshift: &mut [f32],
) {
    assert_eq!(
        partials.len() % product([2, channels.max(1)]),
        0,
        "batch_norm: length of partials"
    );
    assert_eq!(
        statistics.len(),
        product([3, channels]),
        "batch_norm: length of statistics"
    );
    assert_eq!(scale.len(), channels, "batch_norm: length of scale");
    assert_eq!(
        coefficients.len(),
        product([3, channels]),
        "batch_norm: length of coefficients"
    );
    assert_eq!(dscale.len(), channels, "batch_norm: length of dscale");
    assert_eq!(dshift.len(), channels, "batch_norm: length of dshift");
    if channels == 0 {
        return;
    }
    let rows = rows_total.max(1) as f64;
    for c in 0..channels {
        let (mut sum, mut product) = (0.0_f64, 0.0_f64);
        for partial in partials.chunks_exact(2 * channels) {
            sum += f64::from(partial[c]);
            product += f64::from(partial[channels + c]);
        }
        let (mean, inverse) = (
            f64::from(statistics[c]),
            f64::from(statistics[channels + c]),
        );
        let a = f64::from(scale[c]) * inverse;
        let b = -a * inverse * product / rows;
        coefficients[c] = a as f32;
        coefficients[channels + c] = b as f32;
        coefficients[2 * channels + c] = (-a * sum / rows - b * mean) as f32;
        dscale[c] += product as f32;
        dshift[c] += sum as f32;
    }
}

/// `dx = a * dy + b * x + c`, with the coefficients of [`backward_combine`]; all of `dx` is written.
///
/// # Panics
/// If a slice doesn't have the length that the sizes give.
pub fn backward_input(
    channels: usize,
    rows: usize,
    x: &[f32],
    coefficients: &[f32],
    dy: &[f32],
    dx: &mut [f32],
) {
    assert_eq!(
        dy.len(),
        product([rows, channels]),
        "batch_norm: length of dy"
    );
    assert_eq!(
        dx.len(),
        product([rows, channels]),
        "batch_norm: length of dx"
    );
    input_gradient(channels, x, coefficients, Flow::between(dy, dx));
}

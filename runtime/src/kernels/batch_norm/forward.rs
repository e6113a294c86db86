//! Normalised values, by the batch's statistics or the running ones, and what the layer before takes over.

use super::affine::{Moments, affine};
use crate::kernels::activation::Activation;
use crate::kernels::deviation::deviation;

/// `y = act((x - mean) * inverse std * scale + shift + residual)`, with the batch's statistics.
///
/// `x`, `y` and, if there is one, `residual`: `(rows, channels)`; `statistics` from [`combine_statistics`](super::combine_statistics); `scale`,
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
    let moments = Moments::Batch(statistics);
    affine(channels, rows, x, moments, scale, shift, residual, act, y);
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
    let moments = Moments::Running {
        mean: running_mean,
        variance: running_variance,
        epsilon,
    };
    affine(channels, rows, x, moments, scale, shift, residual, act, y);
}

/// By how much the layer before multiplies a channel when the normalisation is folded into it:
/// `scale / sqrt(running variance + epsilon)`.
pub fn factor(running_variance: f32, scale: f32, epsilon: f32) -> f32 {
    scale / deviation(running_variance, epsilon)
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

//! Gradients: sums by chunk, the coefficients that they make for the whole batch, and the gradient of the input.

use super::vector::{Direct, Products, ThroughBounds, input_gradient};
use crate::kernels::activation::{self, Activation};
use crate::kernels::length::{check_len, product};
use crate::kernels::sweep::Flow;
use crate::kernels::tile::Finish;
use crate::simd::dispatch;

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
    check_len(
        x.len(),
        product([rows, channels]),
        "batch_norm: length of x",
    );
    check_len(
        dy.len(),
        product([rows, channels]),
        "batch_norm: length of dy",
    );
    check_len(
        statistics.len(),
        product([3, channels]),
        "batch_norm: length of statistics",
    );
    check_len(
        partial.len(),
        product([2, channels]),
        "batch_norm: length of partial",
    );
    let (sums, products) = partial.split_at_mut(channels);
    dispatch(Products {
        channels,
        rows,
        x,
        statistics,
        dy: Direct(dy),
        range: 0..channels,
        partial: [sums, products],
    });
}

/// [`backward_partial`] from the gradient after the activation, which it replaces by the one before.
///
/// `saved`: the activation's output or input, as in [`activation::backward`]. `Relu` and `Relu6` cost no pass of their own.
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
    let (Finish { bounds, .. }, bounded) = Finish::of(act);
    if bounded && act != Activation::Identity {
        let dy = ThroughBounds::new(saved, bounds, d);
        check_len(
            partial.len(),
            product([2, channels]),
            "batch_norm: length of partial",
        );
        let (sums, products) = partial.split_at_mut(channels);
        dispatch(Products {
            channels,
            rows,
            x,
            statistics,
            dy,
            range: 0..channels,
            partial: [sums, products],
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
    check_len(
        statistics.len(),
        product([3, channels]),
        "batch_norm: length of statistics",
    );
    check_len(scale.len(), channels, "batch_norm: length of scale");
    check_len(
        coefficients.len(),
        product([3, channels]),
        "batch_norm: length of coefficients",
    );
    check_len(dscale.len(), channels, "batch_norm: length of dscale");
    check_len(dshift.len(), channels, "batch_norm: length of dshift");
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
    check_len(
        dy.len(),
        product([rows, channels]),
        "batch_norm: length of dy",
    );
    check_len(
        dx.len(),
        product([rows, channels]),
        "batch_norm: length of dx",
    );
    input_gradient(channels, x, coefficients, Flow::between(dy, dx));
}

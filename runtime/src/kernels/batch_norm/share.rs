//! The passes over few examples on the threads of a team: by rows where each number is one of its own, by channels where they are
//! added up.

use super::backward::{backward_input, backward_partial_in_place};
use super::forward::forward;
use super::vector::{Direct, Products, Statistics};
use crate::kernels::activation::{self, Activation};
use crate::kernels::length::{check_len, product};
use crate::kernels::rows::{share_columns, share_rows};
use crate::kernels::team::Team;
use crate::simd::dispatch;

/// [`partial_statistics`](super::partial_statistics) on the threads of `team`.
///
/// # Panics
/// If a slice doesn't have the length that the sizes give.
pub fn partial_statistics_shared(
    team: &mut Team<'_>,
    channels: usize,
    rows: usize,
    x: &[f32],
    partial: &mut [f32],
) {
    check_len(
        partial.len(),
        product([2, channels]),
        "batch_norm: length of partial",
    );
    share_columns(team, rows, channels, partial, &|range, partial| {
        dispatch(Statistics {
            channels,
            rows,
            x,
            range,
            partial,
        });
    });
}

/// [`forward`] on the threads of `team`.
///
/// # Panics
/// If a slice doesn't have the length that the sizes give.
#[expect(
    clippy::too_many_arguments,
    reason = "a kernel's operands are named one by one"
)]
pub fn forward_shared(
    team: &mut Team<'_>,
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
    check_len(
        x.len(),
        product([rows, channels]),
        "batch_norm: length of x",
    );
    check_len(y.len(), x.len(), "batch_norm: length of y");
    if let Some(residual) = residual {
        check_len(
            residual.len(),
            x.len(),
            "batch_norm: length of the residual",
        );
    }
    share_rows(team, channels, y, &|rows, y| {
        let (first, len) = (rows.start * channels, y.len());
        let (x, residual) = (
            &x[first..][..len],
            residual.map(|residual| &residual[first..][..len]),
        );
        forward(
            channels,
            rows.len(),
            x,
            statistics,
            scale,
            shift,
            residual,
            act,
            y,
        );
    });
}

/// [`backward_partial`](super::backward_partial) on the threads of `team`.
///
/// # Panics
/// If a slice doesn't have the length that the sizes give.
pub fn backward_partial_shared(
    team: &mut Team<'_>,
    channels: usize,
    rows: usize,
    x: &[f32],
    statistics: &[f32],
    dy: &[f32],
    partial: &mut [f32],
) {
    check_len(
        partial.len(),
        product([2, channels]),
        "batch_norm: length of partial",
    );
    share_columns(team, rows, channels, partial, &|range, partial| {
        dispatch(Products {
            channels,
            rows,
            x,
            statistics,
            dy: Direct(dy),
            range,
            partial,
        });
    });
}

/// [`backward_partial_in_place`] on the threads of `team`, where `Relu` costs a pass of its own.
///
/// # Panics
/// If a slice doesn't have the length that the sizes give.
#[expect(
    clippy::too_many_arguments,
    reason = "a kernel's operands are named one by one"
)]
pub fn backward_partial_in_place_shared(
    team: &mut Team<'_>,
    channels: usize,
    rows: usize,
    x: &[f32],
    statistics: &[f32],
    act: Activation,
    saved: &[f32],
    d: &mut [f32],
    partial: &mut [f32],
) {
    if team.is_alone() {
        return backward_partial_in_place(channels, rows, x, statistics, act, saved, d, partial);
    }
    check_len(saved.len(), d.len(), "batch_norm: length of y");
    share_rows(team, channels, d, &|rows, d| {
        let saved = &saved[rows.start * channels..][..d.len()];
        activation::backward_in_place(act, saved, d);
    });
    backward_partial_shared(team, channels, rows, x, statistics, d, partial);
}

/// [`backward_input`] on the threads of `team`.
///
/// # Panics
/// If a slice doesn't have the length that the sizes give.
pub fn backward_input_shared(
    team: &mut Team<'_>,
    channels: usize,
    rows: usize,
    x: &[f32],
    coefficients: &[f32],
    dy: &[f32],
    dx: &mut [f32],
) {
    check_len(
        dx.len(),
        product([rows, channels]),
        "batch_norm: length of dx",
    );
    check_len(dy.len(), dx.len(), "batch_norm: length of dy");
    check_len(x.len(), dx.len(), "batch_norm: length of x");
    share_rows(team, channels, dx, &|rows, dx| {
        let first = rows.start * channels;
        let (x, dy) = (&x[first..][..dx.len()], &dy[first..][..dx.len()]);
        backward_input(channels, rows.len(), x, coefficients, dy, dx);
    });
}

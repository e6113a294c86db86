//! The gradient with respect to the input: convolutions of `dy` with the mirrored weights.
//!
//! With a stride, the input positions of one residue are reached by some of the taps only. Each residue is a dense
//! convolution of its own (see [`Phase`]), so that no work is done on zeros between the pixels of `dy`.

use super::axis::Axis;
use super::pack::Phase;
use super::sweep::Sweep;
use super::winograd::{self, Correlation};
use super::{Conv2d, PANEL, Surroundings, copy_rows, depthwise, panels};
use crate::kernels::length::{check_len, product};
use crate::kernels::tile::{Finish, Product, tiles};

/// `dx` (set, or added to if `accumulate`) from `dy` for `n` examples; `packed` comes from
/// [`pack_backward`](super::pack_backward).
///
/// # Panics
/// If a length is wrong.
#[allow(clippy::too_many_arguments)]
pub fn backward_input(
    spec: &Conv2d,
    n: usize,
    dy: &[f32],
    packed: &[f32],
    dx: &mut [f32],
    accumulate: bool,
    scratch: &mut [f32],
) {
    check(spec, n, dy, packed, dx);
    assert!(
        scratch.len() >= spec.backward_input_scratch_len(),
        "conv2d: the scratch is too short"
    );
    let finish = Finish::adding(accumulate);
    if winograd::fits(spec) {
        let correlation = Correlation::backward(spec);
        return winograd::convolve(correlation, n, dy, packed, None, finish, dx, scratch);
    }
    finish_by(spec, n, dy, packed, None, finish, dx, scratch);
}

/// Compares the lengths of what [`backward_input`] takes with the sizes.
pub(super) fn check(spec: &Conv2d, n: usize, dy: &[f32], packed: &[f32], dx: &[f32]) {
    check_len(
        dx.len(),
        product([n, spec.input_len()]),
        "conv2d: length of the input's gradient",
    );
    check_len(
        dy.len(),
        product([n, spec.output_len()]),
        "conv2d: length of the output's gradient",
    );
    check_len(
        packed.len(),
        spec.packed_backward_len(),
        "conv2d: length of the packed weight",
    );
}

/// The gradient with what a tile can do at its end; with a bias it is a transposed convolution.
#[allow(clippy::too_many_arguments)]
pub(in crate::kernels) fn finish_by(
    spec: &Conv2d,
    n: usize,
    dy: &[f32],
    packed: &[f32],
    bias: Option<&[f32]>,
    finish: Finish,
    dx: &mut [f32],
    scratch: &mut [f32],
) {
    if n == 0 {
        return;
    }
    // Between windows that are farther apart than they are wide, positions have no part in any output.
    let covered = Phase::cover(spec, 0) && Phase::cover(spec, 1);
    if !finish.add && !covered {
        fill(spec.channels, bias, finish.bounds, dx);
    }
    if !spec.copies_dy() {
        return surrounded(spec, n, dy, spec.output()[1], packed, bias, finish, dx);
    }
    let surrounded_dy = &mut scratch[..spec.direct_backward_input_scratch_len()];
    surrounded_dy.fill(0.0);
    let Surroundings { before, extent } = spec.surroundings();
    let row_len = spec.output()[1] * spec.filters;
    for (dy, dx) in dy
        .chunks_exact(spec.output_len())
        .zip(dx.chunks_exact_mut(spec.input_len()))
    {
        copy_rows(
            dy,
            row_len,
            surrounded_dy,
            extent * spec.filters,
            before * spec.filters,
        );
        surrounded(spec, 1, surrounded_dy, extent, packed, bias, finish, dx);
    }
}

/// What positions hold that no tap reaches: the bias alone, if there is one.
fn fill(channels: usize, bias: Option<&[f32]>, [least, greatest]: [f32; 2], dx: &mut [f32]) {
    let Some(bias) = bias else {
        return dx.fill(0.0_f32.max(least).min(greatest));
    };
    for pixel in dx.chunks_exact_mut(channels) {
        for (to, &bias) in pixel.iter_mut().zip(bias) {
            // NaN passes, as in a tile.
            let least = if least > bias { least } else { bias };
            *to = if greatest < least { greatest } else { least };
        }
    }
}

/// The positions of one phase along an axis: how many, the first one in the input, and their windows in `dy`.
fn positions(spec: &Conv2d, axis: usize, phase: Phase) -> (usize, usize, Axis) {
    let size = [spec.height, spec.width][axis];
    let (padding, stride) = (spec.padding[axis][0], spec.stride[axis]);
    let q = padding.saturating_sub(phase.residue).div_ceil(stride);
    let first = phase.residue + stride * q - padding;
    let count = size.saturating_sub(first).div_ceil(stride);
    let reach = phase.count.saturating_sub(1) * phase.spread;
    let windows = Axis {
        start: q as isize - (phase.offset + reach) as isize,
        stride: 1,
        dilation: phase.spread,
        taps: phase.count,
        size: spec.output()[axis],
    };
    (count, first, windows)
}

/// The gradient from pictures of `dy`, `width` wide, that have their zeros beside them already.
#[allow(clippy::too_many_arguments)]
fn surrounded(
    spec: &Conv2d,
    n: usize,
    dy: &[f32],
    width: usize,
    packed: &[f32],
    bias: Option<&[f32]>,
    finish: Finish,
    dx: &mut [f32],
) {
    let (channels, filters) = (spec.channels, spec.filters);
    let [group_channels, group_filters] = spec.group();
    let row = width * filters;
    let tiles = tiles();
    let mut packed = packed;
    // A depthwise weight has all its groups side by side.
    let (groups, panel_width) = if spec.is_depthwise() {
        (1, channels)
    } else {
        (spec.groups, panels(group_channels) * PANEL * group_filters)
    };
    for group in 0..groups {
        for vertical in Phase::all(spec, 0) {
            for horizontal in Phase::all(spec, 1) {
                let (rows, first_row, windows_down) = positions(spec, 0, vertical);
                let (columns, first_column, windows_across) = positions(spec, 1, horizontal);
                let [count_rows, count_columns] = [vertical.count, horizontal.count];
                let taps = count_rows * count_columns;
                let weight;
                (weight, packed) = packed.split_at(taps * panel_width);
                if rows == 0 || columns == 0 {
                    continue;
                }
                let sweep = Sweep {
                    extents: [n, rows, columns],
                    source: [spec.output()[0] * row, row, filters],
                    result: [
                        spec.input_len(),
                        spec.stride[0] * spec.width * channels,
                        spec.stride[1] * channels,
                    ],
                    vertical: windows_down,
                };
                let to = &mut dx[(first_row * spec.width + first_column) * channels..];
                if spec.is_depthwise() {
                    let window = depthwise::Window {
                        channels,
                        horizontal: windows_across,
                        weight,
                        bias,
                        finish,
                    };
                    window.run(sweep, dy, to);
                    continue;
                }
                // Not negative: the surroundings reach as far as the windows do.
                let start = (windows_across.start + spec.surroundings().before as isize) as usize;
                let joined = spec.groups == 1 && horizontal.spread == 1;
                let window = Product {
                    rows: 0,
                    columns: group_channels,
                    depth: if joined {
                        [count_rows, 1, count_columns * filters]
                    } else {
                        [count_rows, count_columns, group_filters]
                    },
                    a: &[],
                    a_outer: vertical.spread * row,
                    a_inner: horizontal.spread * filters,
                    a_step: 1,
                    a_row: 0,
                    b: weight,
                    b_outer: count_columns * group_filters * PANEL,
                    b_inner: group_filters * PANEL,
                    b_step: PANEL,
                    b_panel: taps * group_filters * PANEL,
                    bias: bias.map(|bias| &bias[group * group_channels..]),
                    c_row: 0,
                    c_panel: PANEL,
                    finish,
                };
                let from = &dy[start * filters + group * group_filters..];
                sweep.run(tiles, &window, from, &mut to[group * group_channels..]);
            }
        }
    }
}

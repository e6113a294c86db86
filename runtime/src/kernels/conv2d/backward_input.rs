//! The gradient with respect to the input: convolutions of `dy` with the mirrored weights.
//!
//! With a stride, the input positions of one residue are reached by some of the taps only. Each residue is a dense
//! convolution of its own (see [`Phase`]), so that no work is done on zeros between the pixels of `dy`.

use super::pack::Phase;
use super::sweep::Sweep;
use super::{Conv2d, PANEL, copy_picture, depthwise, panels};
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
    assert_eq!(
        dx.len(),
        n * spec.input_len(),
        "conv2d: length of the input's gradient"
    );
    assert_eq!(
        dy.len(),
        n * spec.output_len(),
        "conv2d: length of the output's gradient"
    );
    assert_eq!(
        packed.len(),
        spec.packed_backward_len(),
        "conv2d: length of the packed weight"
    );
    assert!(
        scratch.len() >= spec.backward_input_scratch_len(),
        "conv2d: the scratch is too short"
    );
    let finish = if accumulate { Finish::Add } else { Finish::Set };
    finish_by(spec, n, dy, packed, None, finish, dx, scratch);
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
    let len = spec.backward_input_scratch_len();
    if len == 0 {
        return surrounded(spec, n, dy, packed, bias, finish, dx);
    }
    let surrounded_dy = &mut scratch[..len];
    surrounded_dy.fill(0.0);
    let [top, left] = [
        spec.surroundings(0).before,
        spec.surroundings(1).before * spec.filters,
    ];
    let row_len = spec.surroundings(1).extent * spec.filters;
    for (dy, dx) in dy
        .chunks_exact(spec.output_len())
        .zip(dx.chunks_exact_mut(spec.input_len()))
    {
        copy_picture(
            dy,
            spec.output()[1] * spec.filters,
            surrounded_dy,
            row_len,
            top,
            left,
        );
        surrounded(spec, 1, surrounded_dy, packed, bias, finish, dx);
    }
}

/// The positions of one phase along an axis: how many, the first one in the input, and where its window starts in
/// the surrounded `dy`.
fn positions(spec: &Conv2d, axis: usize, phase: Phase) -> (usize, usize, usize) {
    let size = [spec.height, spec.width][axis];
    let (padding, stride) = (spec.padding[axis][0], spec.stride[axis]);
    let q = padding.saturating_sub(phase.residue).div_ceil(stride);
    let first = phase.residue + stride * q - padding;
    let count = size.saturating_sub(first).div_ceil(stride);
    let reach = phase.count.saturating_sub(1) * phase.spread;
    (
        count,
        first,
        q + spec.surroundings(axis).before - phase.offset - reach,
    )
}

/// The gradient from pictures of `dy` that have their zeros around them already.
fn surrounded(
    spec: &Conv2d,
    n: usize,
    dy: &[f32],
    packed: &[f32],
    bias: Option<&[f32]>,
    finish: Finish,
    dx: &mut [f32],
) {
    let (channels, filters) = (spec.channels, spec.filters);
    let [group_channels, group_filters] = spec.group();
    let row = spec.surroundings(1).extent * filters;
    let picture = spec.surroundings(0).extent * row;
    let tiles = tiles();
    let mut packed = packed;
    for group in 0..spec.groups {
        if spec.is_depthwise() && group > 0 {
            break;
        }
        for vertical in Phase::all(spec, 0) {
            for horizontal in Phase::all(spec, 1) {
                let (rows, first_row, start_row) = positions(spec, 0, vertical);
                let (columns, first_column, start_column) = positions(spec, 1, horizontal);
                let [count_rows, count_columns] = [vertical.count, horizontal.count];
                let taps = count_rows * count_columns;
                let width = if spec.is_depthwise() {
                    channels
                } else {
                    panels(group_channels) * PANEL * group_filters
                };
                let weight;
                (weight, packed) = packed.split_at(taps * width);
                if rows == 0 || columns == 0 {
                    continue;
                }
                let sweep = Sweep {
                    extents: [n, rows, columns],
                    source: [picture, row, filters],
                    result: [
                        spec.input_len(),
                        spec.stride[0] * spec.width * channels,
                        spec.stride[1] * channels,
                    ],
                };
                let from = if taps == 0 {
                    dy
                } else {
                    &dy[start_row * row + start_column * filters..]
                };
                let to = &mut dx[(first_row * spec.width + first_column) * channels..];
                if spec.is_depthwise() {
                    let window = depthwise::Window {
                        channels,
                        taps: [count_rows, count_columns],
                        source: [vertical.spread * row, horizontal.spread * filters],
                        weight,
                        bias,
                        finish,
                    };
                    window.run(sweep, from, to);
                    continue;
                }
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
                    finish,
                };
                sweep.run(
                    tiles,
                    &window,
                    &from[group * group_filters..],
                    &mut to[group * group_channels..],
                );
            }
        }
    }
}

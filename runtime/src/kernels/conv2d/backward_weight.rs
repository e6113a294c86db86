//! The gradients with respect to weight and bias: products with the pixels as depth.
//!
//! The taps under one kernel row are contiguous in the picture and are the rows of the product; `dy` in panels of 16
//! filters is its right operand; the sums stay in registers over all pixels of several pictures.
//!
//! [`backward_weight`] adds the gradients of some examples to all of the weight's; [`backward_weight_rows`] takes those of a
//! whole batch for some rows of the weight, so that tasks share a large weight and nobody holds a second gradient of it.

use std::ops::Range;

use super::axis::Axis;
use super::windows::Windows;
use super::winograd::{self, Correlation};
use super::{Conv2d, PANEL, copy_rows, depthwise, panels};
use crate::kernels::bias;
use crate::kernels::length::{check_len, product};
use crate::kernels::outer::{Matrix, Outer};
use crate::kernels::tile::{Finish, Product, Tiles, tiles};

/// Adds the gradients of `n` examples to `dweight` (in the weight's own layout) and `dbias`.
///
/// # Panics
/// If a length is wrong.
pub fn backward_weight(
    spec: &Conv2d,
    n: usize,
    x: &[f32],
    dy: &[f32],
    dweight: &mut [f32],
    dbias: Option<&mut [f32]>,
    scratch: &mut [f32],
) {
    check_gradient(spec, n, x, dy, dweight, dbias.as_deref(), scratch);
    if let Some(dbias) = dbias {
        bias::backward(dy, dbias);
    }
    if spec.is_depthwise() {
        return depthwise::backward_weight(spec, n, x, dy, 0..spec.kernel[0], dweight);
    }
    if winograd::fits(spec) {
        return winograd::backward_weight(Correlation::forward(spec), n, x, dy, dweight, scratch);
    }
    if spec.gathers_windows() {
        return add_rows(
            spec,
            n,
            x,
            dy,
            0..spec.weight_rows(),
            true,
            dweight,
            scratch,
        );
    }
    some_at_once(spec, n, x, dy, scratch, |pictures, dy, panels| {
        let rows = 0..spec.weight_rows();
        if spec.copies_dy_to_panels() {
            copy_to_panels(spec, dy, 0, panels);
            products(spec, tiles(), pictures, panels, rows, dweight);
        } else {
            products(spec, tiles(), pictures, dy, rows, dweight);
        }
    });
}

/// Compares the lengths of what [`backward_weight`] takes with the sizes.
pub(super) fn check_gradient(
    spec: &Conv2d,
    n: usize,
    x: &[f32],
    dy: &[f32],
    dweight: &[f32],
    dbias: Option<&[f32]>,
    scratch: &[f32],
) {
    check(spec, n, x, dy);
    check_len(
        dweight.len(),
        spec.weight_len(),
        "conv2d: length of the weight's gradient",
    );
    assert!(
        scratch.len() >= spec.backward_weight_scratch_len(),
        "conv2d: the scratch is too short"
    );
    if let Some(dbias) = dbias {
        check_len(
            dbias.len(),
            spec.filters,
            "conv2d: length of the bias' gradient",
        );
    }
}

/// Calls `each` for as many pictures at once as make up the depth of one product, with their `dy` and room for it in panels.
pub(super) fn some_at_once(
    spec: &Conv2d,
    n: usize,
    x: &[f32],
    dy: &[f32],
    scratch: &mut [f32],
    mut each: impl FnMut(&Pictures<'_>, &[f32], &mut [f32]),
) {
    let at_once = spec.examples_at_once();
    let copies_x = spec.copies_x() && !spec.takes_taps_apart();
    let (padded, panels) = scratch.split_at_mut(if copies_x {
        at_once * spec.padded_len()
    } else {
        0
    });
    padded.fill(0.0);
    for first in (0..n).step_by(at_once) {
        let count = at_once.min(n - first);
        let mut pictures = Pictures {
            n: count,
            x: &x[first * spec.input_len()..],
            width: spec.width,
            axis: spec.axis(1),
        };
        if copies_x {
            let [row_len, left] = [
                spec.width * spec.channels,
                spec.padding[1][0] * spec.channels,
            ];
            let x = &pictures.x[..count * spec.input_len()];
            copy_rows(
                x,
                row_len,
                padded,
                spec.padded_width() * spec.channels,
                left,
            );
            pictures.x = padded;
            pictures.width = spec.padded_width();
            pictures.axis = Axis {
                start: 0,
                size: pictures.width,
                ..pictures.axis
            };
        }
        let dy = &dy[first * spec.output_len()..][..count * spec.output_len()];
        let panels_len = match spec.copies_dy_to_panels() {
            true => spec.groups * self::panels(spec.group()[1]) * panel_len(spec, dy),
            false => 0,
        };
        each(&pictures, dy, &mut panels[..panels_len]);
    }
}

/// Compares the lengths of inputs and gradients with the sizes.
fn check(spec: &Conv2d, n: usize, x: &[f32], dy: &[f32]) {
    check_len(
        x.len(),
        product([n, spec.input_len()]),
        "conv2d: length of the input",
    );
    check_len(
        dy.len(),
        product([n, spec.output_len()]),
        "conv2d: length of the output's gradient",
    );
}

/// Pictures, perhaps with zeros beside them.
pub(super) struct Pictures<'a> {
    n: usize,
    x: &'a [f32],
    width: usize,
    /// The windows along a row of these pictures.
    axis: Axis,
}

/// Numbers of one panel of `dy`.
pub(super) fn panel_len(spec: &Conv2d, dy: &[f32]) -> usize {
    dy.len() / spec.filters * PANEL
}

/// `panels[group][panel][pixel][16 filters]`, zero past the last filter of a group: those from number `first` on, as many as `to`
/// has room for.
pub(super) fn copy_to_panels(spec: &Conv2d, dy: &[f32], first: usize, to: &mut [f32]) {
    let group_filters = spec.group()[1];
    let in_group = panels(group_filters);
    for (index, panel) in to.chunks_exact_mut(panel_len(spec, dy)).enumerate() {
        let (group, filter) = (
            (first + index) / in_group,
            (first + index) % in_group * PANEL,
        );
        let columns = PANEL.min(group_filters - filter);
        let filter = group * group_filters + filter;
        copy_panel(dy, spec.filters, filter, columns, panel);
    }
}

/// `panel[pixel][16 filters]` from filter `first` on, zero from `columns` of them on.
fn copy_panel(dy: &[f32], filters: usize, first: usize, columns: usize, panel: &mut [f32]) {
    let pixels = dy.chunks_exact(filters).zip(panel.chunks_exact_mut(PANEL));
    for (pixel, to) in pixels {
        if columns == PANEL {
            to.copy_from_slice(&pixel[first..first + PANEL]);
        } else {
            to[..columns].copy_from_slice(&pixel[first..first + columns]);
            to[columns..].fill(0.0);
        }
    }
}

/// The products of pictures and `dy` in panels, for some `rows` of the weight, whose gradient is `dweight`.
pub(super) fn products(
    spec: &Conv2d,
    tiles: &Tiles,
    pictures: &Pictures<'_>,
    dy: &[f32],
    rows: Range<usize>,
    dweight: &mut [f32],
) {
    let group_filters = spec.group()[1];
    let panel_len = pictures.n * spec.positions() * PANEL;
    for group in 0..spec.groups {
        for column in (0..group_filters).step_by(tiles.columns) {
            let columns = tiles.columns.min(group_filters - column);
            let panel = group * panels(group_filters) + column / PANEL;
            let dy = &dy[panel * panel_len..];
            let to = &mut dweight[group * group_filters + column..];
            let rows = rows.clone();
            tap_products(spec, tiles, pictures, group, dy, columns, rows, to);
        }
    }
}

/// The products for some `rows` of the weight and the `columns` filters of one tile, whose `dy` is in panels; `dweight` begins
/// with the first of these rows, at the first of these filters.
#[allow(clippy::too_many_arguments)]
fn tap_products(
    spec: &Conv2d,
    tiles: &Tiles,
    pictures: &Pictures<'_>,
    group: usize,
    dy: &[f32],
    columns: usize,
    weight_rows: Range<usize>,
    dweight: &mut [f32],
) {
    let [high_out, wide_out] = spec.output();
    let group_channels = spec.group()[0];
    let row = pictures.width * spec.channels;
    let [stride, kernel] = [spec.stride, spec.kernel];
    let (down, across) = (spec.axis(0), pictures.axis);
    // A run of taps that are contiguous in the picture and in the weight, and all lie in it.
    let joined =
        spec.groups == 1 && spec.dilation[1] == 1 && across.inside(wide_out) == (0..wide_out);
    let (runs, run) = if joined {
        (1, kernel[1] * group_channels)
    } else {
        (kernel[1], group_channels)
    };
    // Of many taps only those that these rows belong to.
    let kernel_rows = touched(
        weight_rows.clone(),
        0,
        kernel[1] * group_channels,
        kernel[0],
    );
    for kernel_row in kernel_rows {
        let before = kernel_row * kernel[1] * group_channels;
        for kernel_column in touched(weight_rows.clone(), before, run, runs) {
            let first_row = (kernel_row * kernel[1] + kernel_column) * group_channels;
            let start = first_row.max(weight_rows.start);
            let end = (first_row + run).min(weight_rows.end);
            let windows_down = down.windows(kernel_row, high_out);
            let windows_across = across.windows(kernel_column, wide_out);
            if start >= end || windows_down.is_empty() || windows_across.is_empty() {
                continue;
            }
            let from = down.position(windows_down.start, kernel_row) * row
                + across.position(windows_across.start, kernel_column) * spec.channels;
            let first = windows_down.start * wide_out + windows_across.start;
            let (high, wide) = (windows_down.len(), windows_across.len());
            // Rows of pixels that follow each other without a gap are one.
            let gapless =
                wide == wide_out && stride[0] * row == wide_out * stride[1] * spec.channels;
            let product = Product {
                rows: end - start,
                columns,
                depth: if gapless {
                    [pictures.n, 1, high * wide]
                } else {
                    [pictures.n, high, wide]
                },
                a: &pictures.x[from + group * group_channels + start - first_row..],
                a_outer: spec.height * row,
                a_inner: stride[0] * row,
                a_step: stride[1] * spec.channels,
                a_row: 1,
                b: &dy[first * PANEL..],
                b_outer: high_out * wide_out * PANEL,
                b_inner: wide_out * PANEL,
                b_step: PANEL,
                b_panel: pictures.n * high_out * wide_out * PANEL,
                bias: None,
                c_row: spec.filters,
                c_panel: PANEL,
                finish: Finish::ADD,
            };
            product.run(
                tiles,
                &mut dweight[(start - weight_rows.start) * spec.filters..],
            );
        }
    }
}

/// Which of `count` runs of `len` rows, the first of them at row `from`, have some of `rows`.
fn touched(rows: Range<usize>, from: usize, len: usize, count: usize) -> Range<usize> {
    let first = rows.start.saturating_sub(from) / len;
    let end = rows.end.saturating_sub(from).div_ceil(len);
    first.min(count)..end.min(count)
}

/// Sets `dweight_part`, or (`accumulate`) adds to it, the gradients of `n` examples for the rows `range` of the weight, which is
/// `(taps * channels, filters)`.
///
/// The bits of a row don't depend on the range that it is computed in.
///
/// # Panics
/// If a length is wrong, the range ends past the last row, or there are groups.
#[allow(clippy::too_many_arguments)]
pub fn backward_weight_rows(
    spec: &Conv2d,
    n: usize,
    x: &[f32],
    dy: &[f32],
    range: Range<usize>,
    accumulate: bool,
    dweight_part: &mut [f32],
    scratch: &mut [f32],
) {
    check(spec, n, x, dy);
    let rows = spec.weight_rows();
    assert!(
        range.start <= range.end && range.end <= rows,
        "conv2d: rows {range:?} of a weight of {rows}"
    );
    check_len(
        dweight_part.len(),
        product([range.len(), spec.filters]),
        "conv2d: length of the weight's gradient",
    );
    assert!(
        scratch.len() >= spec.backward_weight_rows_scratch_len(),
        "conv2d: the scratch is too short"
    );
    assert!(
        spec.groups == 1,
        "conv2d: rows of the weight of {} groups",
        spec.groups
    );
    if spec.gathers_windows() {
        return add_rows(spec, n, x, dy, range, accumulate, dweight_part, scratch);
    }
    if !accumulate {
        dweight_part.fill(0.0);
    }
    if range.is_empty() {
        return;
    }
    let (tiles, at_once) = (tiles(), spec.examples_in_depth());
    for first in (0..n).step_by(at_once) {
        let pictures = Pictures {
            n: at_once.min(n - first),
            x: &x[first * spec.input_len()..],
            width: spec.width,
            axis: spec.axis(1),
        };
        let dy = &dy[first * spec.output_len()..][..pictures.n * spec.output_len()];
        let panel_len = pictures.n * spec.positions() * PANEL;
        for column in (0..spec.filters).step_by(tiles.columns) {
            let columns = tiles.columns.min(spec.filters - column);
            let filters = column..column + columns;
            for (first, panel) in filters
                .step_by(PANEL)
                .zip(scratch.chunks_exact_mut(panel_len))
            {
                let width = PANEL.min(column + columns - first);
                copy_panel(dy, spec.filters, first, width, panel);
            }
            let to = &mut dweight_part[column..];
            let rows = range.clone();
            tap_products(spec, tiles, &pictures, 0, scratch, columns, rows, to);
        }
    }
}

/// Some rows of the weight's gradient, with the pixels of all pictures as depth.
#[allow(clippy::too_many_arguments)]
pub(super) fn add_rows(
    spec: &Conv2d,
    n: usize,
    x: &[f32],
    dy: &[f32],
    range: Range<usize>,
    accumulate: bool,
    dweight_part: &mut [f32],
    scratch: &mut [f32],
) {
    let outer = Outer {
        lines: n * spec.positions(),
        rows: range,
        columns: 0..spec.filters,
        accumulate,
    };
    let dy = Matrix {
        numbers: dy,
        len: spec.filters,
    };
    outer.run(&Windows { spec, x }, &dy, dweight_part, scratch);
}

/// `dbias += Σ dy` over the positions of `n` examples.
///
/// # Panics
/// If a length is wrong.
pub fn backward_bias(spec: &Conv2d, n: usize, dy: &[f32], dbias: &mut [f32]) {
    check_len(
        dy.len(),
        product([n, spec.output_len()]),
        "conv2d: length of the output's gradient",
    );
    check_len(
        dbias.len(),
        spec.filters,
        "conv2d: length of the bias' gradient",
    );
    bias::backward(dy, dbias);
}

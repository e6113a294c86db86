//! The gradients with respect to weight and bias: products with the pixels as depth.
//!
//! The taps under one kernel row are contiguous in the picture and are the rows of the product; `dy` in panels of 16
//! filters is its right operand; the sums stay in registers over all pixels of several pictures.

use super::axis::Axis;
use super::winograd::{self, Correlation};
use super::{Conv2d, PANEL, copy_rows, depthwise, panels};
use crate::kernels::bias;
use crate::kernels::length::{check_len, product};
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
        bias::backward(dy, dbias);
    }
    if spec.is_depthwise() {
        return depthwise::backward_weight(spec, n, x, dy, dweight);
    }
    if winograd::fits(spec) {
        return winograd::backward_weight(Correlation::forward(spec), n, x, dy, dweight, scratch);
    }
    let at_once = spec.examples_at_once();
    let copies_x = spec.copies_x() && !spec.takes_taps_apart();
    let (padded, panels) = scratch.split_at_mut(if copies_x {
        at_once * spec.padded_len()
    } else {
        0
    });
    padded.fill(0.0);
    let tiles = tiles();
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
        if spec.copies_dy_to_panels() {
            copy_to_panels(spec, dy, panels);
            products(spec, tiles, &pictures, panels, dweight);
        } else {
            products(spec, tiles, &pictures, dy, dweight);
        }
    }
}

/// Pictures, perhaps with zeros beside them.
struct Pictures<'a> {
    n: usize,
    x: &'a [f32],
    width: usize,
    /// The windows along a row of these pictures.
    axis: Axis,
}

/// `panels[group][panel][pixel][16 filters]`, zero past the last filter of a group.
fn copy_to_panels(spec: &Conv2d, dy: &[f32], to: &mut [f32]) {
    let group_filters = spec.group()[1];
    let mut panels = to.chunks_exact_mut(dy.len() / spec.filters * PANEL);
    for group in 0..spec.groups {
        for first in (0..group_filters).step_by(PANEL) {
            let columns = PANEL.min(group_filters - first);
            let first = group * group_filters + first;
            let panel = panels.next().expect("the scratch has room for every panel");
            if columns == PANEL {
                for (pixel, to) in dy
                    .chunks_exact(spec.filters)
                    .zip(panel.chunks_exact_mut(PANEL))
                {
                    to.copy_from_slice(&pixel[first..first + PANEL]);
                }
            } else {
                for (pixel, to) in dy
                    .chunks_exact(spec.filters)
                    .zip(panel.chunks_exact_mut(PANEL))
                {
                    to[..columns].copy_from_slice(&pixel[first..first + columns]);
                    to[columns..].fill(0.0);
                }
            }
        }
    }
}

/// The products of pictures and `dy` in panels.
fn products(
    spec: &Conv2d,
    tiles: &Tiles,
    pictures: &Pictures<'_>,
    dy: &[f32],
    dweight: &mut [f32],
) {
    let [rows, columns] = spec.output();
    let [group_channels, group_filters] = spec.group();
    let row = pictures.width * spec.channels;
    let [stride, kernel] = [spec.stride, spec.kernel];
    let panel_len = pictures.n * rows * columns * PANEL;
    let (down, across) = (spec.axis(0), pictures.axis);
    // A run of taps that are contiguous in the picture and in the weight, and all lie in it.
    let joined =
        spec.groups == 1 && spec.dilation[1] == 1 && across.inside(columns) == (0..columns);
    let (runs, run) = if joined {
        (1, kernel[1] * group_channels)
    } else {
        (kernel[1], group_channels)
    };
    for group in 0..spec.groups {
        for column in (0..group_filters).step_by(tiles.columns) {
            let panel = group * panels(group_filters) + column / PANEL;
            for kernel_row in 0..kernel[0] {
                for kernel_column in 0..runs {
                    let windows_down = down.windows(kernel_row, rows);
                    let windows_across = across.windows(kernel_column, columns);
                    if windows_down.is_empty() || windows_across.is_empty() {
                        continue;
                    }
                    let from = down.position(windows_down.start, kernel_row) * row
                        + across.position(windows_across.start, kernel_column) * spec.channels;
                    let first = windows_down.start * columns + windows_across.start;
                    let (high, wide) = (windows_down.len(), windows_across.len());
                    // Rows of pixels that follow each other without a gap are one.
                    let gapless =
                        wide == columns && stride[0] * row == columns * stride[1] * spec.channels;
                    let product = Product {
                        rows: run,
                        columns: tiles.columns.min(group_filters - column),
                        depth: if gapless {
                            [pictures.n, 1, high * wide]
                        } else {
                            [pictures.n, high, wide]
                        },
                        a: &pictures.x[from + group * group_channels..],
                        a_outer: spec.height * row,
                        a_inner: stride[0] * row,
                        a_step: stride[1] * spec.channels,
                        a_row: 1,
                        b: &dy[panel * panel_len + first * PANEL..],
                        b_outer: rows * columns * PANEL,
                        b_inner: columns * PANEL,
                        b_step: PANEL,
                        b_panel: panel_len,
                        bias: None,
                        c_row: spec.filters,
                        c_panel: PANEL,
                        finish: Finish::ADD,
                    };
                    let tap = kernel_row * kernel[1] + kernel_column;
                    let to = tap * group_channels * spec.filters + group * group_filters + column;
                    product.run(tiles, &mut dweight[to..]);
                }
            }
        }
    }
}

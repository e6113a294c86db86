//! The gradients with respect to weight and bias: products with the pixels as depth.
//!
//! The taps under one kernel row are contiguous in the picture and are the rows of the product; `dy` in panels of 16
//! filters is its right operand; the sums stay in registers over all pixels of several pictures.

use super::{Conv2d, PANEL, copy_picture, depthwise, panels};
use crate::kernels::bias;
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
    assert_eq!(x.len(), n * spec.input_len(), "conv2d: length of the input");
    assert_eq!(
        dy.len(),
        n * spec.output_len(),
        "conv2d: length of the output's gradient"
    );
    assert_eq!(
        dweight.len(),
        spec.weight_len(),
        "conv2d: length of the weight's gradient"
    );
    assert!(
        scratch.len() >= spec.backward_weight_scratch_len(),
        "conv2d: the scratch is too short"
    );
    if let Some(dbias) = dbias {
        assert_eq!(
            dbias.len(),
            spec.filters,
            "conv2d: length of the bias' gradient"
        );
        bias::backward(dy, dbias);
    }
    let at_once = spec.examples_at_once();
    let padded_len = if spec.is_padded() {
        spec.padded_len()
    } else {
        0
    };
    let (padded, panels) = scratch.split_at_mut(at_once * padded_len);
    padded.fill(0.0);
    let tiles = tiles();
    for first in (0..n).step_by(at_once) {
        let count = at_once.min(n - first);
        let mut x = &x[first * spec.input_len()..][..count * spec.input_len()];
        let dy = &dy[first * spec.output_len()..][..count * spec.output_len()];
        if spec.is_padded() {
            for (x, padded) in x
                .chunks_exact(spec.input_len())
                .zip(padded.chunks_exact_mut(padded_len))
            {
                let row_len = spec.padded()[1] * spec.channels;
                let left = spec.padding[1][0] * spec.channels;
                copy_picture(
                    x,
                    spec.width * spec.channels,
                    padded,
                    row_len,
                    spec.padding[0][0],
                    left,
                );
            }
            x = padded;
        }
        if spec.is_depthwise() {
            depthwise::backward_weight(spec, count, x, dy, dweight);
        } else if spec.copies_dy() {
            copy_to_panels(spec, dy, panels);
            products(spec, tiles, count, x, panels, dweight);
        } else {
            products(spec, tiles, count, x, dy, dweight);
        }
    }
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

/// The products of `n` pictures (with their padding) and `dy` in panels.
fn products(spec: &Conv2d, tiles: &Tiles, n: usize, x: &[f32], dy: &[f32], dweight: &mut [f32]) {
    let [rows, columns] = spec.output();
    let [group_channels, group_filters] = spec.group();
    let row = spec.padded()[1] * spec.channels;
    let [stride, dilation, kernel] = [spec.stride, spec.dilation, spec.kernel];
    let panel_len = n * rows * columns * PANEL;
    // Rows of pixels that follow each other without a gap are one.
    let depth = if stride[0] * row == columns * stride[1] * spec.channels {
        [n, 1, rows * columns]
    } else {
        [n, rows, columns]
    };
    // A run of taps that are contiguous in the picture and in the weight.
    let joined = spec.groups == 1 && dilation[1] == 1;
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
                    let tap = kernel_row * kernel[1] + kernel_column;
                    let from = kernel_row * dilation[0] * row
                        + kernel_column * dilation[1] * spec.channels;
                    let product = Product {
                        rows: run,
                        columns: tiles.columns.min(group_filters - column),
                        depth,
                        a: &x[from + group * group_channels..],
                        a_outer: spec.padded_len(),
                        a_inner: stride[0] * row,
                        a_step: stride[1] * spec.channels,
                        a_row: 1,
                        b: &dy[panel * panel_len..],
                        b_outer: rows * columns * PANEL,
                        b_inner: columns * PANEL,
                        b_step: PANEL,
                        b_panel: panel_len,
                        bias: None,
                        c_row: spec.filters,
                        finish: Finish::Add,
                    };
                    let to = tap * group_channels * spec.filters + group * group_filters + column;
                    product.run(tiles, &mut dweight[to..]);
                }
            }
        }
    }
}

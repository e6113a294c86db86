//! The gradients with respect to weight and bias: products with the pixels of the input as depth, one for all taps or, with groups, for each.

use std::ops::Range;

use super::{ConvTranspose2d, PANEL, panels};
use crate::kernels::bias;
use crate::kernels::conv2d::{Windows, depthwise};
use crate::kernels::length::{check_len, product};
use crate::kernels::outer::{Matrix, Outer};
use crate::kernels::tile::{Finish, Product, tiles};

/// Adds the gradients of `n` examples to `dweight` (in the weight's own layout) and `dbias`.
///
/// # Panics
/// If a length is wrong.
pub fn backward_weight(
    spec: &ConvTranspose2d,
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
    if spec.mirrored.is_depthwise() {
        let rows = 0..spec.mirrored.kernel[0];
        return depthwise::backward_weight(&spec.mirrored, n, dy, x, rows, dweight);
    }
    if spec.joins_taps() {
        let (sums, scratch) = scratch.split_at_mut(spec.weight_len());
        sums_of_taps(spec, n, x, dy, 0..spec.channels(), sums, scratch);
        return add_taps(spec, sums, dweight);
    }
    let scratch = &mut scratch[..spec.backward_weight_scratch_len()];
    scratch.fill(0.0);
    for (x, dy) in x
        .chunks_exact(spec.input_len())
        .zip(dy.chunks_exact(spec.output_len()))
    {
        copy_to_panels(spec, dy, 0, scratch);
        products(spec, x, scratch, 0, dweight);
    }
}

/// Compares the lengths of what [`backward_weight`] takes with the sizes.
pub(super) fn check_gradient(
    spec: &ConvTranspose2d,
    n: usize,
    x: &[f32],
    dy: &[f32],
    dweight: &[f32],
    dbias: Option<&[f32]>,
    scratch: &[f32],
) {
    check_len(
        x.len(),
        product([n, spec.input_len()]),
        "conv_transpose2d: length of the input",
    );
    check_len(
        dy.len(),
        product([n, spec.output_len()]),
        "conv_transpose2d: length of the output's gradient",
    );
    check_len(
        dweight.len(),
        spec.weight_len(),
        "conv_transpose2d: length of the weight's gradient",
    );
    assert!(
        scratch.len() >= spec.backward_weight_scratch_len(),
        "conv_transpose2d: the scratch is too short"
    );
    if let Some(dbias) = dbias {
        check_len(
            dbias.len(),
            spec.filters(),
            "conv_transpose2d: length of the bias' gradient",
        );
    }
}

/// The gradients of some channels from all pixels, in the order of a picture's windows: `sums[channel][tap][filter]`.
pub(super) fn sums_of_taps(
    spec: &ConvTranspose2d,
    n: usize,
    x: &[f32],
    dy: &[f32],
    channels: Range<usize>,
    sums: &mut [f32],
    scratch: &mut [f32],
) {
    let outer = Outer {
        lines: product([n, spec.mirrored.positions()]),
        rows: channels,
        columns: 0..spec.taps() * spec.filters(),
        accumulate: false,
    };
    let x = Matrix {
        numbers: x,
        len: spec.channels(),
    };
    let windows = Windows {
        spec: &spec.mirrored,
        x: dy,
    };
    outer.run(&x, &windows, sums, scratch);
}

/// Adds them to the weight's gradient, `dweight[tap][channel][filter]`.
pub(super) fn add_taps(spec: &ConvTranspose2d, sums: &[f32], dweight: &mut [f32]) {
    let (channels, filters) = (spec.channels(), spec.filters());
    for (channel, sums) in sums.chunks_exact(spec.taps() * filters).enumerate() {
        for (tap, sums) in sums.chunks_exact(filters).enumerate() {
            let to = &mut dweight[(tap * channels + channel) * filters..][..filters];
            for (to, sum) in to.iter_mut().zip(sums) {
                *to += sum;
            }
        }
    }
}

/// `panels[group][panel][padded pixel][16 filters]`, those from number `first` on, as many as `to` has room for; the padding and
/// what lies past the last filter stay as they are.
pub(super) fn copy_to_panels(spec: &ConvTranspose2d, dy: &[f32], first: usize, to: &mut [f32]) {
    let mirrored = &spec.mirrored;
    let [_, padded_columns] = spec.padded();
    let [group_filters, _] = mirrored.group();
    let [[top, _], [left, _]] = mirrored.padding;
    let in_group = panels(group_filters);
    for (index, panel) in to.chunks_exact_mut(spec.panel_len()).enumerate() {
        let (group, filter) = (
            (first + index) / in_group,
            (first + index) % in_group * PANEL,
        );
        let width = PANEL.min(group_filters - filter);
        let filter = group * group_filters + filter;
        let rows = panel.chunks_exact_mut(padded_columns * PANEL).skip(top);
        for (row, to) in dy.chunks_exact(spec.output()[1] * spec.filters()).zip(rows) {
            let pixels = to.chunks_exact_mut(PANEL).skip(left);
            for (pixel, to) in row.chunks_exact(spec.filters()).zip(pixels) {
                to[..width].copy_from_slice(&pixel[filter..filter + width]);
            }
        }
    }
}

/// For each tap, the product of the input's channels and `dy` at the pixels that the tap feeds, as far as these rows of the weight
/// lie in `dweight`, which begins with row `start`.
pub(super) fn products(
    spec: &ConvTranspose2d,
    x: &[f32],
    dy: &[f32],
    start: usize,
    dweight: &mut [f32],
) {
    let mirrored = &spec.mirrored;
    let [_, padded_columns] = spec.padded();
    let [height, width] = mirrored.output();
    let [group_filters, group_channels] = mirrored.group();
    let end = start + dweight.len() / group_filters;
    let tiles = tiles();
    for group in 0..mirrored.groups {
        for tap in 0..mirrored.kernel[0] * mirrored.kernel[1] {
            let all = tap * spec.channels() + group * group_channels;
            let first = all.max(start);
            let rows = (all + group_channels).min(end).saturating_sub(first);
            if rows == 0 {
                continue;
            }
            let (row, column) = (tap / mirrored.kernel[1], tap % mirrored.kernel[1]);
            let panel = group * panels(group_filters) * spec.panel_len();
            let product = Product {
                rows,
                columns: group_filters,
                depth: [1, height, width],
                a: &x[group * group_channels + first - all..],
                a_outer: 0,
                a_inner: width * spec.channels(),
                a_step: spec.channels(),
                a_row: 1,
                b: &dy[panel + (row * padded_columns + column) * PANEL..],
                b_outer: 0,
                b_inner: mirrored.stride[0] * padded_columns * PANEL,
                b_step: mirrored.stride[1] * PANEL,
                b_panel: spec.panel_len(),
                bias: None,
                c_row: group_filters,
                c_panel: PANEL,
                finish: Finish::ADD,
            };
            product.run(tiles, &mut dweight[(first - start) * group_filters..]);
        }
    }
}

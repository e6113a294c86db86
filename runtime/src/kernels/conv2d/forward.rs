//! The convolution itself.

use super::sweep::Sweep;
use super::winograd::{self, Correlation};
use super::{Conv2d, PANEL, copy_rows, depthwise, panels};
use crate::kernels::activation::{self, Activation};
use crate::kernels::length::{check_len, product};
use crate::kernels::tile::{Finish, Product, tiles};

/// `y = act(x ⋆ weight + bias)` for `n` examples, or (`accumulate`) `y = act(y + x ⋆ weight + bias)` with a residual that
/// `y` holds: `x` is `(n, height, width, channels)`, `y` is `(n, rows, columns, filters)`, `packed` comes from
/// [`pack_forward`](super::pack_forward).
///
/// # Panics
/// If a length is wrong.
#[allow(clippy::too_many_arguments)]
pub fn forward(
    spec: &Conv2d,
    n: usize,
    x: &[f32],
    packed: &[f32],
    bias: Option<&[f32]>,
    act: Activation,
    y: &mut [f32],
    accumulate: bool,
    scratch: &mut [f32],
) {
    check(spec, n, x, packed, bias, y);
    assert!(
        scratch.len() >= spec.forward_scratch_len(),
        "conv2d: the scratch is too short"
    );
    let (finish, finished) = Finish::of(act);
    let finish = Finish {
        add: accumulate,
        ..finish
    };
    if winograd::fits(spec) {
        let correlation = Correlation::forward(spec);
        winograd::convolve(correlation, n, x, packed, bias, finish, y, scratch);
    } else {
        finish_by(spec, n, x, packed, bias, finish, y, scratch);
    }
    if !finished {
        activation::forward_in_place(act, y);
    }
}

/// Compares the lengths of what [`forward`] takes with the sizes.
pub(super) fn check(
    spec: &Conv2d,
    n: usize,
    x: &[f32],
    packed: &[f32],
    bias: Option<&[f32]>,
    y: &[f32],
) {
    check_len(
        x.len(),
        product([n, spec.input_len()]),
        "conv2d: length of the input",
    );
    check_len(
        y.len(),
        product([n, spec.output_len()]),
        "conv2d: length of the output",
    );
    check_len(
        packed.len(),
        spec.packed_forward_len(),
        "conv2d: length of the packed weight",
    );
    if let Some(bias) = bias {
        check_len(bias.len(), spec.filters, "conv2d: length of the bias");
    }
}

/// The convolution with what a tile can do at its end, which may be adding to `y`.
#[allow(clippy::too_many_arguments)]
pub(in crate::kernels) fn finish_by(
    spec: &Conv2d,
    n: usize,
    x: &[f32],
    packed: &[f32],
    bias: Option<&[f32]>,
    finish: Finish,
    y: &mut [f32],
    scratch: &mut [f32],
) {
    if n == 0 {
        return;
    }
    if !spec.copies_x() {
        return unpadded(spec, n, x, spec.width, packed, bias, finish, y);
    }
    let padded = &mut scratch[..spec.padded_len()];
    padded.fill(0.0);
    let [row_len, left] = [
        spec.width * spec.channels,
        spec.padding[1][0] * spec.channels,
    ];
    for (x, y) in x
        .chunks_exact(spec.input_len())
        .zip(y.chunks_exact_mut(spec.output_len()))
    {
        copy_rows(
            x,
            row_len,
            padded,
            spec.padded_width() * spec.channels,
            left,
        );
        unpadded(
            spec,
            1,
            padded,
            spec.padded_width(),
            packed,
            bias,
            finish,
            y,
        );
    }
}

/// The convolution of pictures, `width` wide, that have their zeros beside them already.
#[allow(clippy::too_many_arguments)]
fn unpadded(
    spec: &Conv2d,
    n: usize,
    x: &[f32],
    width: usize,
    packed: &[f32],
    bias: Option<&[f32]>,
    finish: Finish,
    y: &mut [f32],
) {
    let channels = spec.channels;
    let row = width * channels;
    let [rows, columns] = spec.output();
    let [stride, dilation, kernel] = [spec.stride, spec.dilation, spec.kernel];
    let sweep = Sweep {
        extents: [n, rows, columns],
        source: [spec.height * row, row, stride[1] * channels],
        result: [spec.output_len(), columns * spec.filters, spec.filters],
        vertical: spec.axis(0),
    };
    if spec.is_depthwise() {
        let window = depthwise::Window {
            channels,
            horizontal: spec.axis(1),
            weight: packed,
            bias,
            finish,
        };
        return window.run(sweep, x, y);
    }
    let [group_channels, group_filters] = spec.group();
    let taps = kernel[0] * kernel[1] * group_channels;
    let tiles = tiles();
    for (group, packed) in packed
        .chunks_exact(panels(group_filters) * taps * PANEL)
        .enumerate()
    {
        let joined = spec.groups == 1 && dilation[1] == 1;
        let window = Product {
            rows: 0,
            columns: group_filters,
            depth: if joined {
                [kernel[0], 1, kernel[1] * channels]
            } else {
                [kernel[0], kernel[1], group_channels]
            },
            a: &[],
            a_outer: dilation[0] * row,
            a_inner: dilation[1] * channels,
            a_step: 1,
            a_row: 0,
            b: packed,
            b_outer: kernel[1] * group_channels * PANEL,
            b_inner: group_channels * PANEL,
            b_step: PANEL,
            b_panel: taps * PANEL,
            bias: bias.map(|bias| &bias[group * group_filters..]),
            c_row: 0,
            c_panel: PANEL,
            finish,
        };
        sweep.run(
            tiles,
            &window,
            &x[group * group_channels..],
            &mut y[group * group_filters..],
        );
    }
}

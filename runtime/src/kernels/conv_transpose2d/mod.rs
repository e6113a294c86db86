//! Transposed convolution: the input gradient of a convolution, as a layer.
//!
//! The mirrored convolution goes from the output's picture to the input's. Its backward pass with respect to the input
//! is our forward pass, its forward pass is our gradient with respect to the input.

mod backward_weight;
pub mod reference;
mod share;
#[cfg(test)]
mod tests;

pub use backward_weight::backward_weight;
pub use share::{backward_input_shared, backward_weight_shared, forward_shared};

use super::activation::{self, Activation};
use super::conv2d::pack::{backward_blocks, pack_backward_depthwise};
use super::conv2d::{
    Conv2d, backward_input as mirrored_backward, forward as mirrored_forward, panels,
};
use super::length::{check_len, check_sizes, product};
use super::outer::Outer;
use super::pool::widened;
use super::tile::{Finish, PANEL, transpose};

/// The sizes of a transposed convolution of one example `(height, width, channels)`.
///
/// Weights are `[kernel[0], kernel[1], channels, filters / groups]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvTranspose2d {
    /// The convolution from the output's picture to the input's: its filters are this layer's channels.
    pub(in crate::kernels) mirrored: Conv2d,
}

impl ConvTranspose2d {
    /// From one pixel to one.
    pub const ONE: Self = Self::new([1; 3], 1, [1; 2], [1; 2], [[0; 2]; 2], [0; 2], 1);

    /// The transposed convolution of pictures of these sizes, `[height, width, channels]`, with a distance of `stride` in the
    /// output between neighbouring input pixels; `padding`, `[[top, bottom], [left, right]]`, is cut off the output, and
    /// `output_padding` rows and columns are added at its bottom and right.
    ///
    /// # Panics
    /// If a size, stride or number of groups is 0, the padding leaves nothing of the output, the output's padding isn't
    /// smaller than the stride, the groups don't divide channels and filters, or the sizes are too large for memory.
    pub const fn new(
        [height, width, channels]: [usize; 3],
        filters: usize,
        kernel: [usize; 2],
        stride: [usize; 2],
        padding: [[usize; 2]; 2],
        output_padding: [usize; 2],
        groups: usize,
    ) -> Self {
        check_sizes(&[height, width, channels, filters, groups], &[]);
        check_sizes(&[kernel[0], kernel[1], stride[0], stride[1]], &[]);
        assert!(
            output_padding[0] < stride[0] && output_padding[1] < stride[1],
            "conv_transpose2d: the output's padding isn't smaller than the stride"
        );
        // Before padding is cut off.
        let rows = reach(height, stride[0], kernel[0]).saturating_add(output_padding[0]);
        let columns = reach(width, stride[1], kernel[1]).saturating_add(output_padding[1]);
        check_sizes(&[], &[product([rows, columns, filters])]);
        let [[top, bottom], [left, right]] = padding;
        assert!(
            top.saturating_add(bottom) < rows && left.saturating_add(right) < columns,
            "conv_transpose2d: the padding leaves nothing of the output"
        );
        let output = [rows - (top + bottom), columns - (left + right), filters];
        let mirrored = Conv2d::new(output, channels, kernel, stride, padding, [1, 1], groups);
        let spec = ConvTranspose2d { mirrored };
        let [outputs_down, outputs_across] = mirrored.output();
        assert!(
            outputs_down == height && outputs_across == width,
            "conv_transpose2d: the way back leads to another picture"
        );
        check_sizes(&[], &[spec.backward_weight_scratch_len()]);
        spec
    }

    /// Rows and columns of the output: `(input - 1) * stride - padding + kernel + output_padding`.
    pub const fn output(&self) -> [usize; 2] {
        [self.mirrored.height, self.mirrored.width]
    }

    /// Channels of the output.
    #[expect(clippy::misnamed_getters, reason = "input and output are exchanged")]
    pub const fn filters(&self) -> usize {
        self.mirrored.channels
    }

    /// Channels of the input.
    #[expect(clippy::misnamed_getters, reason = "input and output are exchanged")]
    pub(super) const fn channels(&self) -> usize {
        self.mirrored.filters
    }

    /// Numbers in one example's input.
    pub const fn input_len(&self) -> usize {
        self.mirrored.output_len()
    }

    /// Numbers in one example's output.
    pub const fn output_len(&self) -> usize {
        self.mirrored.input_len()
    }

    /// Numbers in the weight.
    pub const fn weight_len(&self) -> usize {
        self.mirrored.weight_len()
    }

    /// Operations of a forward pass of one example, a multiply-add counted as two.
    pub const fn flops(&self) -> u64 {
        self.mirrored.flops()
    }

    /// Length of the weights as [`forward`] wants them.
    pub const fn packed_forward_len(&self) -> usize {
        self.mirrored.direct_packed_backward_len()
    }

    /// Length of the weights as [`backward_input`] wants them.
    pub const fn packed_backward_len(&self) -> usize {
        self.mirrored.direct_packed_forward_len()
    }

    /// Length of the scratch that [`forward`] works in.
    pub const fn forward_scratch_len(&self) -> usize {
        self.mirrored.direct_backward_input_scratch_len()
    }

    /// Length of the scratch that [`backward_input`] works in.
    pub const fn backward_input_scratch_len(&self) -> usize {
        self.mirrored.direct_forward_scratch_len()
    }

    /// Length of the scratch that [`backward_weight`] works in.
    pub const fn backward_weight_scratch_len(&self) -> usize {
        if self.mirrored.is_depthwise() {
            return 0;
        }
        if self.joins_taps() {
            return self.weight_len().saturating_add(self.taps_scratch_len());
        }
        let [group_filters, _] = self.mirrored.group();
        let groups = self.mirrored.groups;
        product([groups, panels(group_filters), self.panel_len()])
    }

    /// Whether the weight's gradient is one product for all taps, not one for each: without groups.
    const fn joins_taps(&self) -> bool {
        self.mirrored.groups == 1
    }

    /// Length of the scratch for sums of all taps.
    const fn taps_scratch_len(&self) -> usize {
        let columns = product([self.taps(), self.filters()]);
        Outer::scratch_len_of_matrix(self.channels(), self.channels(), columns)
    }

    /// Taps of a window.
    const fn taps(&self) -> usize {
        product(self.mirrored.kernel)
    }

    /// Numbers of one panel of the output's gradient, with its padding.
    const fn panel_len(&self) -> usize {
        let [rows, columns] = self.padded();
        product([rows, columns, PANEL])
    }

    /// Rows and columns of the output before padding is cut off.
    const fn padded(&self) -> [usize; 2] {
        widened(self.output(), self.mirrored.padding)
    }
}

/// How far the kernels of `size` pixels, `stride` apart, reach.
const fn reach(size: usize, stride: usize, kernel: usize) -> usize {
    product([size - 1, stride]).saturating_add(kernel)
}

/// Arranges `weight` for [`forward`]; to be called when the weights have changed.
///
/// # Panics
/// If a length is wrong.
pub fn pack_forward(spec: &ConvTranspose2d, weight: &[f32], packed: &mut [f32]) {
    check_len(
        weight.len(),
        spec.weight_len(),
        "conv_transpose2d: length of the weight",
    );
    check_len(
        packed.len(),
        spec.packed_forward_len(),
        "conv_transpose2d: length of the packed weight",
    );
    let mirrored = &spec.mirrored;
    if mirrored.is_depthwise() {
        return pack_backward_depthwise(mirrored, weight, packed);
    }
    // Channels and filters of a group, as this layer sees them.
    let [filters, channels] = mirrored.group();
    for (block, part) in packed
        .chunks_exact_mut(channels * PANEL)
        .zip(backward_blocks(mirrored))
    {
        let width = PANEL.min(filters - part.first);
        let from = (part.tap * spec.channels() + part.group * channels) * filters;
        for (row, to) in weight[from..]
            .chunks_exact(filters)
            .zip(block.chunks_exact_mut(PANEL))
        {
            to[..width].copy_from_slice(&row[part.first..part.first + width]);
            to[width..].fill(0.0);
        }
    }
}

/// Arranges `weight` for [`backward_input`]; to be called when the weights have changed.
///
/// # Panics
/// If a length is wrong.
pub fn pack_backward(spec: &ConvTranspose2d, weight: &[f32], packed: &mut [f32]) {
    check_len(
        weight.len(),
        spec.weight_len(),
        "conv_transpose2d: length of the weight",
    );
    check_len(
        packed.len(),
        spec.packed_backward_len(),
        "conv_transpose2d: length of the packed weight",
    );
    let mirrored = &spec.mirrored;
    if mirrored.is_depthwise() {
        return packed.copy_from_slice(weight);
    }
    let [filters, channels] = mirrored.group();
    let mut blocks = packed.chunks_exact_mut(filters * PANEL);
    for group in 0..spec.mirrored.groups {
        for first in (0..channels).step_by(PANEL) {
            for tap in 0..mirrored.kernel[0] * mirrored.kernel[1] {
                let block = blocks.next().expect("the packed length counts every block");
                let from = (tap * spec.channels() + group * channels + first) * filters;
                transpose(
                    &weight[from..],
                    filters,
                    PANEL.min(channels - first),
                    filters,
                    block,
                );
            }
        }
    }
}

/// `y = act(x ⋆ᵀ weight + bias)` for `n` examples: `x` is `(n, height, width, channels)`, `y` is `(n, rows, columns,
/// filters)`, `packed` comes from [`pack_forward`].
///
/// # Panics
/// If a length is wrong.
#[allow(clippy::too_many_arguments)]
pub fn forward(
    spec: &ConvTranspose2d,
    n: usize,
    x: &[f32],
    packed: &[f32],
    bias: Option<&[f32]>,
    act: Activation,
    y: &mut [f32],
    scratch: &mut [f32],
) {
    check(spec, n, x, packed, bias, y);
    assert!(
        scratch.len() >= spec.forward_scratch_len(),
        "conv_transpose2d: the scratch is too short"
    );
    let (finish, finished) = Finish::of(act);
    mirrored_backward::finish_by(&spec.mirrored, n, x, packed, bias, finish, y, scratch);
    if !finished {
        activation::forward_in_place(act, y);
    }
}

/// Compares the lengths of what [`forward`] takes with the sizes.
fn check(
    spec: &ConvTranspose2d,
    n: usize,
    x: &[f32],
    packed: &[f32],
    bias: Option<&[f32]>,
    y: &[f32],
) {
    check_len(
        x.len(),
        product([n, spec.input_len()]),
        "conv_transpose2d: length of the input",
    );
    check_len(
        y.len(),
        product([n, spec.output_len()]),
        "conv_transpose2d: length of the output",
    );
    check_len(
        packed.len(),
        spec.packed_forward_len(),
        "conv_transpose2d: length of the packed weight",
    );
    if let Some(bias) = bias {
        check_len(
            bias.len(),
            spec.filters(),
            "conv_transpose2d: length of the bias",
        );
    }
}

/// `dx` (set, or added to if `accumulate`) from `dy` for `n` examples; `packed` comes from [`pack_backward`].
///
/// # Panics
/// If a length is wrong.
#[allow(clippy::too_many_arguments)]
pub fn backward_input(
    spec: &ConvTranspose2d,
    n: usize,
    dy: &[f32],
    packed: &[f32],
    dx: &mut [f32],
    accumulate: bool,
    scratch: &mut [f32],
) {
    check_input_gradient(spec, n, dy, packed, dx);
    assert!(
        scratch.len() >= spec.backward_input_scratch_len(),
        "conv_transpose2d: the scratch is too short"
    );
    let finish = Finish::adding(accumulate);
    mirrored_forward::finish_by(&spec.mirrored, n, dy, packed, None, finish, dx, scratch);
}

/// Compares the lengths of what [`backward_input`] takes with the sizes.
fn check_input_gradient(spec: &ConvTranspose2d, n: usize, dy: &[f32], packed: &[f32], dx: &[f32]) {
    check_len(
        dx.len(),
        product([n, spec.input_len()]),
        "conv_transpose2d: length of the input's gradient",
    );
    check_len(
        dy.len(),
        product([n, spec.output_len()]),
        "conv_transpose2d: length of the output's gradient",
    );
    check_len(
        packed.len(),
        spec.packed_backward_len(),
        "conv_transpose2d: length of the packed weight",
    );
}

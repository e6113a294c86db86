//! Transposed convolution: the input gradient of a convolution, as a layer.
//!
//! The mirrored convolution goes from the output's picture to the input's. Its backward pass with respect to the input
//! is our forward pass, its forward pass is our gradient with respect to the input.

mod backward_weight;
pub mod reference;
#[cfg(test)]
mod tests;

pub use backward_weight::backward_weight;

use super::activation::{self, Activation};
use super::conv2d::pack::{backward_blocks, pack_backward_depthwise};
use super::conv2d::{
    Conv2d, backward_input as mirrored_backward, forward as mirrored_forward, panels,
};
use super::length::{check_sizes, product};
use super::tile::{Finish, PANEL, transpose};

/// The sizes of a transposed convolution of one example `(height, width, channels)`.
///
/// Weights are `[kernel[0], kernel[1], channels, filters / groups]`. `output_padding` must be less than `stride`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvTranspose2d {
    /// Rows of the input.
    pub(in crate::kernels) height: usize,
    /// Columns of the input.
    pub(in crate::kernels) width: usize,
    /// Channels of the input.
    pub(in crate::kernels) channels: usize,
    /// Channels of the output.
    pub(in crate::kernels) filters: usize,
    /// Rows and columns of the kernel.
    pub(in crate::kernels) kernel: [usize; 2],
    /// Distance in the output of neighbouring input pixels.
    pub(in crate::kernels) stride: [usize; 2],
    /// What is cut off the output: `[[top, bottom], [left, right]]`.
    pub(in crate::kernels) padding: [[usize; 2]; 2],
    /// Rows and columns that are added at the output's bottom and right.
    pub(in crate::kernels) output_padding: [usize; 2],
    /// Groups of channels that don't see each other.
    pub(in crate::kernels) groups: usize,
}

impl ConvTranspose2d {
    /// From one pixel to one.
    pub const ONE: Self = Self::new([1; 3], 1, [1; 2], [1; 2], [[0; 2]; 2], [0; 2], 1);

    /// The transposed convolution of pictures of these sizes, `[height, width, channels]`; `padding` is
    /// `[[top, bottom], [left, right]]`.
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
        let spec = ConvTranspose2d {
            height,
            width,
            channels,
            filters,
            kernel,
            stride,
            padding,
            output_padding,
            groups,
        };
        let [rows, columns] = spec.padded();
        check_sizes(&[], &[product([rows, columns, filters])]);
        let [[top, bottom], [left, right]] = padding;
        assert!(
            top.saturating_add(bottom) < rows && left.saturating_add(right) < columns,
            "conv_transpose2d: the padding leaves nothing of the output"
        );
        // The mirrored convolution has the weights and sizes of this layer.
        let mirrored = spec.mirrored();
        let [outputs_down, outputs_across] = mirrored.output();
        assert!(outputs_down == height && outputs_across == width);
        check_sizes(&[], &[spec.backward_weight_scratch_len()]);
        spec
    }

    /// Rows and columns of the output: `(input - 1) * stride - padding + kernel + output_padding`.
    pub const fn output(&self) -> [usize; 2] {
        let [rows, columns] = self.padded();
        let [[top, bottom], [left, right]] = self.padding;
        [rows - (top + bottom), columns - (left + right)]
    }

    /// Channels of the output.
    pub const fn filters(&self) -> usize {
        self.filters
    }

    /// Numbers in one example's input.
    pub const fn input_len(&self) -> usize {
        product([self.height, self.width, self.channels])
    }

    /// Numbers in one example's output.
    pub const fn output_len(&self) -> usize {
        let [rows, columns] = self.output();
        product([rows, columns, self.filters])
    }

    /// Numbers in the weight.
    pub const fn weight_len(&self) -> usize {
        product([
            self.kernel[0],
            self.kernel[1],
            self.channels,
            self.filters / self.groups,
        ])
    }

    /// Operations of a forward pass of one example, a multiply-add counted as two.
    pub const fn flops(&self) -> u64 {
        product([2, self.height, self.width, self.weight_len()]) as u64
    }

    /// The convolution from the output's picture to the input's.
    const fn mirrored(&self) -> Conv2d {
        let [height, width] = self.output();
        Conv2d::new(
            [height, width, self.filters],
            self.channels,
            self.kernel,
            self.stride,
            self.padding,
            [1, 1],
            self.groups,
        )
    }

    /// Length of the weights as [`forward`] wants them.
    pub const fn packed_forward_len(&self) -> usize {
        self.mirrored().direct_packed_backward_len()
    }

    /// Length of the weights as [`backward_input`] wants them.
    pub const fn packed_backward_len(&self) -> usize {
        self.mirrored().direct_packed_forward_len()
    }

    /// Length of the scratch that [`forward`] works in.
    pub const fn forward_scratch_len(&self) -> usize {
        self.mirrored().direct_backward_input_scratch_len()
    }

    /// Length of the scratch that [`backward_input`] works in.
    pub const fn backward_input_scratch_len(&self) -> usize {
        self.mirrored().direct_forward_scratch_len()
    }

    /// Length of the scratch that [`backward_weight`] works in.
    pub const fn backward_weight_scratch_len(&self) -> usize {
        if self.mirrored().is_depthwise() {
            return 0;
        }
        let [rows, columns] = self.padded();
        product([
            rows,
            columns,
            self.groups,
            panels(self.filters / self.groups),
            PANEL,
        ])
    }

    /// Rows and columns of the output before padding is cut off.
    const fn padded(&self) -> [usize; 2] {
        [
            product([self.height - 1, self.stride[0]])
                .saturating_add(self.kernel[0])
                .saturating_add(self.output_padding[0]),
            product([self.width - 1, self.stride[1]])
                .saturating_add(self.kernel[1])
                .saturating_add(self.output_padding[1]),
        ]
    }
}

/// Arranges `weight` for [`forward`]; to be called when the weights have changed.
///
/// # Panics
/// If a length is wrong.
pub fn pack_forward(spec: &ConvTranspose2d, weight: &[f32], packed: &mut [f32]) {
    assert_eq!(
        weight.len(),
        spec.weight_len(),
        "conv_transpose2d: length of the weight"
    );
    assert_eq!(
        packed.len(),
        spec.packed_forward_len(),
        "conv_transpose2d: length of the packed weight"
    );
    let mirrored = spec.mirrored();
    if mirrored.is_depthwise() {
        return pack_backward_depthwise(&mirrored, weight, packed);
    }
    // Channels and filters of a group, as this layer sees them.
    let [filters, channels] = mirrored.group();
    for (block, part) in packed
        .chunks_exact_mut(channels * PANEL)
        .zip(backward_blocks(&mirrored))
    {
        let width = PANEL.min(filters - part.first);
        let from = (part.tap * spec.channels + part.group * channels) * filters;
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
    assert_eq!(
        weight.len(),
        spec.weight_len(),
        "conv_transpose2d: length of the weight"
    );
    assert_eq!(
        packed.len(),
        spec.packed_backward_len(),
        "conv_transpose2d: length of the packed weight"
    );
    let mirrored = spec.mirrored();
    if mirrored.is_depthwise() {
        return packed.copy_from_slice(weight);
    }
    let [filters, channels] = mirrored.group();
    let mut blocks = packed.chunks_exact_mut(filters * PANEL);
    for group in 0..spec.groups {
        for first in (0..channels).step_by(PANEL) {
            for tap in 0..spec.kernel[0] * spec.kernel[1] {
                let block = blocks.next().expect("the packed length counts every block");
                let from = (tap * spec.channels + group * channels + first) * filters;
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
    assert_eq!(
        x.len(),
        product([n, spec.input_len()]),
        "conv_transpose2d: length of the input"
    );
    assert_eq!(
        y.len(),
        product([n, spec.output_len()]),
        "conv_transpose2d: length of the output"
    );
    assert_eq!(
        packed.len(),
        spec.packed_forward_len(),
        "conv_transpose2d: length of the packed weight"
    );
    assert!(
        scratch.len() >= spec.forward_scratch_len(),
        "conv_transpose2d: the scratch is too short"
    );
    if let Some(bias) = bias {
        assert_eq!(
            bias.len(),
            spec.filters,
            "conv_transpose2d: length of the bias"
        );
    }
    let (finish, finished) = Finish::of(act);
    mirrored_backward::finish_by(&spec.mirrored(), n, x, packed, bias, finish, y, scratch);
    if !finished {
        activation::forward_in_place(act, y);
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
    assert_eq!(
        dx.len(),
        product([n, spec.input_len()]),
        "conv_transpose2d: length of the input's gradient"
    );
    assert_eq!(
        dy.len(),
        product([n, spec.output_len()]),
        "conv_transpose2d: length of the output's gradient"
    );
    assert_eq!(
        packed.len(),
        spec.packed_backward_len(),
        "conv_transpose2d: length of the packed weight"
    );
    assert!(
        scratch.len() >= spec.backward_input_scratch_len(),
        "conv_transpose2d: the scratch is too short"
    );
    let finish = Finish::adding(accumulate);
    mirrored_forward::finish_by(&spec.mirrored(), n, dy, packed, None, finish, dx, scratch);
}

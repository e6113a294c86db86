//! Two-dimensional convolution on channels-last pictures, without an im2col copy.
//!
//! In `(height, width, channels)` the numbers under one kernel row of a window are contiguous, so a convolution is the
//! product of [`tile`](super::tile) with the picture itself as left operand: output pixels are its rows, at a distance
//! of `stride * channels`, and the taps are its depth. Padding is a copy of one picture with zeros around it.
//!
//! | file | idea |
//! |---|---|
//! | `pack` | weights in panels of 16 output channels |
//! | `sweep` | a window slid over a picture |
//! | `forward` | the convolution |
//! | `backward_input` | the same over `dy`, by residues of the position modulo the stride |
//! | `backward_weight` | the pixels as depth |
//! | `depthwise` | one filter per channel: no sum over channels, vectors along them |
//!
//! Source: Zhang, Franchetti, Low: *High Performance Zero-Memory Overhead Direct Convolutions* (ICML 2018).

pub(super) mod backward_input;
mod backward_weight;
pub(super) mod depthwise;
pub(super) mod forward;
pub(super) mod pack;
mod sweep;
#[cfg(test)]
mod tests;

pub use backward_input::backward_input;
pub use backward_weight::backward_weight;
pub use forward::forward;
pub use pack::{pack_backward, pack_forward};

use super::tile::PANEL;

/// The sizes of a convolution of one example `(height, width, channels)`.
///
/// Weights are `[kernel[0], kernel[1], channels / groups, filters]`, as in Keras; `groups == channels` is the
/// depthwise convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conv2d {
    /// Rows of the input.
    pub height: usize,
    /// Columns of the input.
    pub width: usize,
    /// Channels of the input.
    pub channels: usize,
    /// Channels of the output.
    pub filters: usize,
    /// Rows and columns of the kernel.
    pub kernel: [usize; 2],
    /// Distance of neighbouring windows, vertically and horizontally.
    pub stride: [usize; 2],
    /// Zeros around the input: `[[top, bottom], [left, right]]`.
    pub padding: [[usize; 2]; 2],
    /// Distance of neighbouring taps, 1 for an ordinary kernel.
    pub dilation: [usize; 2],
    /// Groups of channels that don't see each other.
    pub groups: usize,
}

impl Conv2d {
    /// Rows and columns of the output.
    pub const fn output(&self) -> [usize; 2] {
        let rows = self.height + self.padding[0][0] + self.padding[0][1];
        let columns = self.width + self.padding[1][0] + self.padding[1][1];
        [
            (rows - self.dilation[0] * (self.kernel[0] - 1) - 1) / self.stride[0] + 1,
            (columns - self.dilation[1] * (self.kernel[1] - 1) - 1) / self.stride[1] + 1,
        ]
    }

    /// Numbers in one example's input.
    pub const fn input_len(&self) -> usize {
        self.height * self.width * self.channels
    }

    /// Numbers in one example's output.
    pub const fn output_len(&self) -> usize {
        let [rows, columns] = self.output();
        rows * columns * self.filters
    }

    /// Numbers in the weight.
    pub const fn weight_len(&self) -> usize {
        self.kernel[0] * self.kernel[1] * (self.channels / self.groups) * self.filters
    }

    /// Operations of a forward pass of one example, a multiply-add counted as two.
    pub const fn flops(&self) -> u64 {
        let [rows, columns] = self.output();
        2 * (rows * columns) as u64 * self.weight_len() as u64
    }

    /// Length of the weights as [`forward`] wants them.
    pub const fn packed_forward_len(&self) -> usize {
        if self.is_depthwise() {
            return self.weight_len();
        }
        let [group_channels, group_filters] = self.group();
        self.groups
            * panels(group_filters)
            * PANEL
            * self.kernel[0]
            * self.kernel[1]
            * group_channels
    }

    /// Length of the weights as [`backward_input`] wants them.
    pub const fn packed_backward_len(&self) -> usize {
        if self.is_depthwise() {
            return self.weight_len();
        }
        let [group_channels, group_filters] = self.group();
        self.groups
            * panels(group_channels)
            * PANEL
            * self.kernel[0]
            * self.kernel[1]
            * group_filters
    }

    /// Length of the scratch that [`forward`] works in.
    pub const fn forward_scratch_len(&self) -> usize {
        if self.is_padded() {
            self.padded_len()
        } else {
            0
        }
    }

    /// Length of the scratch that [`backward_input`] works in.
    pub const fn backward_input_scratch_len(&self) -> usize {
        let [rows, columns] = self.output();
        let [vertical, horizontal] = [self.surroundings(0), self.surroundings(1)];
        if vertical.extent == rows && horizontal.extent == columns {
            0
        } else {
            vertical.extent * horizontal.extent * self.filters
        }
    }

    /// Length of the scratch that [`backward_weight`] works in.
    pub const fn backward_weight_scratch_len(&self) -> usize {
        self.examples_at_once() * self.backward_weight_scratch_per_example()
    }

    /// Channels and filters of one group.
    pub(super) const fn group(&self) -> [usize; 2] {
        [self.channels / self.groups, self.filters / self.groups]
    }

    /// One channel in, one filter out in every group.
    pub(super) const fn is_depthwise(&self) -> bool {
        self.groups > 1 && self.groups == self.channels && self.groups == self.filters
    }

    pub(super) const fn is_padded(&self) -> bool {
        let [[top, bottom], [left, right]] = self.padding;
        top + bottom + left + right > 0
    }

    /// Rows and columns of the input with its padding.
    pub(super) const fn padded(&self) -> [usize; 2] {
        let [[top, bottom], [left, right]] = self.padding;
        [top + self.height + bottom, left + self.width + right]
    }

    pub(super) const fn padded_len(&self) -> usize {
        let [rows, columns] = self.padded();
        rows * columns * self.channels
    }

    /// The zeros that `dy` needs around it along an axis, so that every window of the backward pass lies within.
    const fn surroundings(&self, axis: usize) -> Surroundings {
        let size = if axis == 0 { self.height } else { self.width };
        let first = self.padding[axis][0];
        let reach = (self.kernel[axis] - 1) * self.dilation[axis];
        let before = reach.saturating_sub(first) / self.stride[axis];
        let last = (first + size - 1) / self.stride[axis];
        let outputs = self.output()[axis];
        let needed = if last + 1 > outputs {
            last + 1
        } else {
            outputs
        };
        Surroundings {
            before,
            extent: before + needed,
        }
    }

    /// Whether `backward_weight` copies `dy` into panels.
    const fn copies_dy(&self) -> bool {
        !(self.is_depthwise() || self.groups == 1 && self.filters == PANEL)
    }

    const fn backward_weight_scratch_per_example(&self) -> usize {
        let [rows, columns] = self.output();
        let pictures = if self.is_padded() {
            self.padded_len()
        } else {
            0
        };
        let panels = if self.copies_dy() {
            self.groups * panels(self.group()[1]) * PANEL
        } else {
            0
        };
        pictures + rows * columns * panels
    }

    /// Examples whose pixels make up the depth of one product in `backward_weight`: as many as fit in half a
    /// megabyte, for the gradient is read and written once per product.
    const fn examples_at_once(&self) -> usize {
        let each = self.backward_weight_scratch_per_example() + 1;
        let fitting = (1 << 17) / each;
        if fitting < 1 {
            1
        } else if fitting > 8 {
            8
        } else {
            fitting
        }
    }
}

/// `dy` with zeros around it, along one axis.
struct Surroundings {
    /// Zeros before.
    before: usize,
    /// Zeros before, `dy` and zeros after.
    extent: usize,
}

pub(super) const fn panels(columns: usize) -> usize {
    columns.div_ceil(PANEL)
}

/// Copies pictures of `rows` by `row_len` numbers into the middle of others, `to_row_len` long, from `(top, left)` on.
pub(super) fn copy_picture(
    from: &[f32],
    row_len: usize,
    to: &mut [f32],
    to_row_len: usize,
    top: usize,
    left: usize,
) {
    for (from, to) in from
        .chunks_exact(row_len)
        .zip(to.chunks_exact_mut(to_row_len).skip(top))
    {
        to[left..left + row_len].copy_from_slice(from);
    }
}

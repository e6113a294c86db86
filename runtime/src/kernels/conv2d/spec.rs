//! The sizes of a convolution, and what follows from them.

use super::axis::Axis;
use crate::kernels::length::{check_sizes, product};
use crate::kernels::outer::Outer;
use crate::kernels::pool::{shortened, widened};
use crate::kernels::tile::PANEL;

/// The sizes of a convolution of one example `(height, width, channels)`.
///
/// Weights are `[kernel[0], kernel[1], channels / groups, filters]`, as in Keras; `groups == channels` is the
/// depthwise convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conv2d {
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
    /// Distance of neighbouring windows, vertically and horizontally.
    pub(in crate::kernels) stride: [usize; 2],
    /// Zeros around the input: `[[top, bottom], [left, right]]`.
    pub(in crate::kernels) padding: [[usize; 2]; 2],
    /// Distance of neighbouring taps, 1 for an ordinary kernel.
    pub(in crate::kernels) dilation: [usize; 2],
    /// Groups of channels that don't see each other.
    pub(in crate::kernels) groups: usize,
}

impl Conv2d {
    /// From one pixel to one.
    pub const ONE: Self = Self::new([1; 3], 1, [1; 2], [1; 2], [[0; 2]; 2], [1; 2], 1);

    /// The convolution of pictures of these sizes, `[height, width, channels]`; `padding` is `[[top, bottom], [left, right]]`.
    ///
    /// # Panics
    /// If a size, stride, dilation or number of groups is 0, a window is larger than the padded picture, the groups don't
    /// divide channels and filters, or the sizes are too large for memory.
    pub const fn new(
        [height, width, channels]: [usize; 3],
        filters: usize,
        kernel: [usize; 2],
        stride: [usize; 2],
        padding: [[usize; 2]; 2],
        dilation: [usize; 2],
        groups: usize,
    ) -> Self {
        check_sizes(&[height, width, channels, filters, groups], &[]);
        check_sizes(
            &[
                kernel[0],
                kernel[1],
                stride[0],
                stride[1],
                dilation[0],
                dilation[1],
            ],
            &[],
        );
        assert!(
            channels.is_multiple_of(groups) && filters.is_multiple_of(groups),
            "conv2d: groups must divide channels and filters"
        );
        let [rows, columns] = widened([height, width], padding);
        // Whatever lies in the padded picture can be counted, as input and as output; so can its zeros beside `dy`, of which
        // there are no more than the window has columns.
        let extent = [
            window(kernel[0], dilation[0]),
            window(kernel[1], dilation[1]),
        ];
        check_sizes(
            &[],
            &[
                product([rows, columns, channels]),
                product([rows, columns.saturating_add(extent[1]), filters]),
            ],
        );
        assert!(
            extent[0] <= rows && extent[1] <= columns,
            "conv2d: a window is larger than the padded picture"
        );
        let spec = Conv2d {
            height,
            width,
            channels,
            filters,
            kernel,
            stride: shortened(stride, [rows, columns]),
            padding,
            // Between the taps of a window; a single tap has no distance, and a long one would wrap.
            dilation: [
                if kernel[0] == 1 { 1 } else { dilation[0] },
                if kernel[1] == 1 { 1 } else { dilation[1] },
            ],
            groups,
        };
        check_sizes(
            &[],
            &[
                spec.direct_packed_forward_len(),
                spec.direct_packed_backward_len(),
                spec.direct_backward_input_scratch_len(),
                spec.backward_weight_scratch_per_example(),
            ],
        );
        spec
    }

    /// Rows and columns of the output.
    pub const fn output(&self) -> [usize; 2] {
        let [rows, columns] = widened([self.height, self.width], self.padding);
        [
            (rows - window(self.kernel[0], self.dilation[0])) / self.stride[0] + 1,
            (columns - window(self.kernel[1], self.dilation[1])) / self.stride[1] + 1,
        ]
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
            self.channels / self.groups,
            self.filters,
        ])
    }

    /// Positions of one example's output.
    pub(in crate::kernels) const fn positions(&self) -> usize {
        let [rows, columns] = self.output();
        product([rows, columns])
    }

    /// Rows of the weight as a matrix with a column for each filter.
    pub(in crate::kernels) const fn weight_rows(&self) -> usize {
        self.weight_len() / self.filters
    }

    /// Operations of a forward pass of one example, a multiply-add counted as two.
    pub const fn flops(&self) -> u64 {
        let [rows, columns] = self.output();
        product([2, rows, columns, self.weight_len()]) as u64
    }

    /// Length of the weights as `forward` wants them without Winograd's transforms.
    pub(in crate::kernels) const fn direct_packed_forward_len(&self) -> usize {
        if self.is_depthwise() {
            return self.weight_len();
        }
        let [group_channels, group_filters] = self.group();
        product([
            self.groups,
            panels(group_filters),
            PANEL,
            self.kernel[0],
            self.kernel[1],
            group_channels,
        ])
    }

    /// Length of the weights as `backward_input` wants them without Winograd's transforms.
    pub(in crate::kernels) const fn direct_packed_backward_len(&self) -> usize {
        if self.is_depthwise() {
            return self.weight_len();
        }
        let [group_channels, group_filters] = self.group();
        product([
            self.groups,
            panels(group_channels),
            PANEL,
            self.kernel[0],
            self.kernel[1],
            group_filters,
        ])
    }

    /// Length of the scratch that `forward` works in without Winograd's transforms.
    pub(in crate::kernels) const fn direct_forward_scratch_len(&self) -> usize {
        if self.copies_x() {
            self.padded_len()
        } else {
            0
        }
    }

    /// Length of the scratch that `backward_input` works in without Winograd's transforms.
    pub(in crate::kernels) const fn direct_backward_input_scratch_len(&self) -> usize {
        if self.copies_dy() {
            product([self.surroundings().extent, self.output()[0], self.filters])
        } else {
            0
        }
    }

    /// Length of the scratch that `backward_weight` works in without Winograd's transforms.
    pub(in crate::kernels) const fn direct_backward_weight_scratch_len(&self) -> usize {
        if self.gathers_windows() {
            return self.backward_weight_rows_scratch_len();
        }
        self.examples_at_once() * self.backward_weight_scratch_per_example()
    }

    /// Channels and filters of one group.
    pub(in crate::kernels) const fn group(&self) -> [usize; 2] {
        [self.channels / self.groups, self.filters / self.groups]
    }

    /// One channel in, one filter out in every group.
    pub(in crate::kernels) const fn is_depthwise(&self) -> bool {
        self.groups > 1 && self.groups == self.channels && self.groups == self.filters
    }

    /// Whether windows reach over the left or right border, so that pictures are copied with zeros beside them.
    /// Depthwise kernels leave out those taps too.
    pub(super) const fn copies_x(&self) -> bool {
        self.padding[1][0] + self.padding[1][1] > 0 && !self.is_depthwise()
    }

    /// Columns of the input with its padding.
    pub(super) const fn padded_width(&self) -> usize {
        self.padding[1][0] + self.width + self.padding[1][1]
    }

    /// Numbers in a picture with zeros to its left and right.
    pub(super) const fn padded_len(&self) -> usize {
        product([self.height, self.padded_width(), self.channels])
    }

    /// The windows of the forward pass along an axis of the input.
    pub(super) fn axis(&self, axis: usize) -> Axis {
        Axis {
            start: -(self.padding[axis][0] as isize),
            stride: self.stride[axis],
            dilation: self.dilation[axis],
            taps: self.kernel[axis],
            size: [self.height, self.width][axis],
        }
    }

    /// The columns of zeros that `dy` needs beside it, so that every window of the backward pass lies within.
    pub(super) const fn surroundings(&self) -> Surroundings {
        let first = self.padding[1][0];
        let reach = (self.kernel[1] - 1) * self.dilation[1];
        let before = reach.saturating_sub(first) / self.stride[1];
        let last = (first + self.width - 1) / self.stride[1];
        let outputs = self.output()[1];
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

    /// Whether windows of the backward pass reach over the left or right border of `dy`.
    pub(super) const fn copies_dy(&self) -> bool {
        self.surroundings().extent > self.output()[1] && !self.is_depthwise()
    }

    /// Whether the weight's gradient is taken block by block from copies of what windows read: where the pixels of a block lie far
    /// apart, or nothing is copied twice.
    pub(super) const fn gathers_windows(&self) -> bool {
        self.groups == 1 && (self.channels >= FAR_CHANNELS || self.is_matrix())
    }

    /// Whether the pixels of the input are the rows of a product, as they lie.
    pub(super) const fn is_matrix(&self) -> bool {
        let [[top, bottom], [left, right]] = self.padding;
        let [kernel, stride] = [self.kernel, self.stride];
        kernel[0] * kernel[1] * stride[0] * stride[1] == 1 && top + bottom + left + right == 0
    }

    /// Whether `backward_weight` works on the pictures as they are, tap by tap, and not on copies with zeros beside
    /// them: then one tap alone must fill a tile.
    pub(super) const fn takes_taps_apart(&self) -> bool {
        self.channels / self.groups >= PANEL
    }

    /// Whether `backward_weight` copies `dy` into panels.
    pub(super) const fn copies_dy_to_panels(&self) -> bool {
        !(self.is_depthwise() || self.groups == 1 && self.filters == PANEL)
    }

    pub(super) const fn backward_weight_scratch_per_example(&self) -> usize {
        let [rows, columns] = self.output();
        let picture = if self.copies_x() && !self.takes_taps_apart() {
            self.padded_len()
        } else {
            0
        };
        let panels = if self.copies_dy_to_panels() {
            product([self.groups, panels(self.group()[1]), PANEL])
        } else {
            0
        };
        product([rows, columns, panels]).saturating_add(picture)
    }

    /// Examples whose pixels make up the depth of one product in `backward_weight_rows`.
    pub(super) const fn examples_in_depth(&self) -> usize {
        let fitting = DEPTH / self.positions();
        if fitting < 1 { 1 } else { fitting }
    }

    /// Length of the scratch that [`backward_weight_rows`](super::backward_weight_rows()) works in.
    pub const fn backward_weight_rows_scratch_len(&self) -> usize {
        if self.is_matrix() && self.groups == 1 {
            return Outer::scratch_len_of_matrix(self.channels, self.channels, self.filters);
        }
        if self.gathers_windows() {
            return Outer::scratch_len(self.weight_rows(), self.filters);
        }
        product([2 * PANEL, self.examples_in_depth(), self.positions()])
    }

    /// Examples whose pixels make up the depth of one product in `backward_weight`: as many as fit in half a
    /// megabyte, for the gradient is read and written once per product.
    pub(super) const fn examples_at_once(&self) -> usize {
        let each =
            self.input_len() + self.output_len() + self.backward_weight_scratch_per_example();
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

/// Pixels of several pictures whose `dy` is in panels at once.
const DEPTH: usize = 512;

/// Channels from which on pixels lie so far apart that a tile, which reads a few of each, had better read a copy.
const FAR_CHANNELS: usize = 128;

/// `dy` with columns of zeros beside it.
pub(super) struct Surroundings {
    /// Zeros on the left.
    pub before: usize,
    /// Zeros on the left, `dy` and zeros on the right.
    pub extent: usize,
}

/// Pixels from the first tap of a window to its last.
const fn window(kernel: usize, dilation: usize) -> usize {
    product([kernel - 1, dilation]).saturating_add(1)
}

pub(in crate::kernels) const fn panels(columns: usize) -> usize {
    columns.div_ceil(PANEL)
}

//! Two-dimensional convolution on channels-last pictures, without an im2col copy.

use crate::kernels::activation::Activation;

/// Output channels that stand side by side in packed weights, whatever the instruction set.
pub const PANEL: usize = 16;

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

    /// Length of the weights as `forward` wants them.
    pub const fn packed_forward_len(&self) -> usize {
        let panels = (self.filters / self.groups).div_ceil(PANEL);
        self.groups
            * panels
            * PANEL
            * self.kernel[0]
            * self.kernel[1]
            * (self.channels / self.groups)
    }

    /// Length of the weights as `backward_input` wants them.
    pub const fn packed_backward_len(&self) -> usize {
        let panels = (self.channels / self.groups).div_ceil(PANEL);
        self.groups
            * panels
            * PANEL
            * self.kernel[0]
            * self.kernel[1]
            * (self.filters / self.groups)
    }

    /// Length of the scratch that `forward` works in.
    pub const fn forward_scratch_len(&self) -> usize {
        (self.height + self.padding[0][0] + self.padding[0][1])
            * (self.width + self.padding[1][0] + self.padding[1][1])
            * self.channels
    }

    /// Length of the scratch that `backward_input` works in.
    pub const fn backward_input_scratch_len(&self) -> usize {
        (self.height + self.dilation[0] * self.kernel[0])
            * (self.width + self.dilation[1] * self.kernel[1])
            * self.filters
    }

    /// Length of the scratch that `backward_weight` works in.
    pub const fn backward_weight_scratch_len(&self) -> usize {
        self.forward_scratch_len() + self.output_len()
    }
}

/// Arranges `weight` for [`forward`]; to be called when the weights have changed.
pub fn pack_forward(_spec: &Conv2d, _weight: &[f32], _packed: &mut [f32]) {
    unimplemented!()
}

/// Arranges `weight` for [`backward_input`]; to be called when the weights have changed.
pub fn pack_backward(_spec: &Conv2d, _weight: &[f32], _packed: &mut [f32]) {
    unimplemented!()
}

/// `y = act(x * weight + bias)` for `n` examples.
#[allow(clippy::too_many_arguments)]
pub fn forward(
    _spec: &Conv2d,
    _n: usize,
    _x: &[f32],
    _packed: &[f32],
    _bias: Option<&[f32]>,
    _act: Activation,
    _y: &mut [f32],
    _scratch: &mut [f32],
) {
    unimplemented!()
}

/// The gradient with respect to the input, set or (`accumulate`) added to `dx`.
pub fn backward_input(
    _spec: &Conv2d,
    _n: usize,
    _dy: &[f32],
    _packed_backward: &[f32],
    _dx: &mut [f32],
    _accumulate: bool,
    _scratch: &mut [f32],
) {
    unimplemented!()
}

/// The gradients with respect to weight and bias, added to `dweight` and `dbias`.
pub fn backward_weight(
    _spec: &Conv2d,
    _n: usize,
    _x: &[f32],
    _dy: &[f32],
    _dweight: &mut [f32],
    _dbias: Option<&mut [f32]>,
    _scratch: &mut [f32],
) {
    unimplemented!()
}

//! The fully connected layer: a matrix product with bias and activation in its last pass.

use std::ops::Range;

use crate::kernels::activation::Activation;

/// The sizes of a dense layer: `y = x * weight + bias`, weight `[inputs, units]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dense {
    /// Features of an input row.
    pub inputs: usize,
    /// Features of an output row.
    pub units: usize,
}

impl Dense {
    /// Numbers in the weight.
    pub const fn weight_len(&self) -> usize {
        self.inputs * self.units
    }

    /// Operations of a forward pass of one row, a multiply-add counted as two.
    pub const fn flops(&self) -> u64 {
        2 * self.weight_len() as u64
    }

    /// Length of the weights as `forward` wants them.
    pub const fn packed_forward_len(&self) -> usize {
        self.units.div_ceil(16) * 16 * self.inputs
    }

    /// Length of the weights as `backward_input` wants them.
    pub const fn packed_backward_len(&self) -> usize {
        self.inputs.div_ceil(16) * 16 * self.units
    }

    /// Length of the scratch that `forward` works in.
    pub const fn forward_scratch_len(&self) -> usize {
        0
    }

    /// Length of the scratch that `backward_input` works in.
    pub const fn backward_input_scratch_len(&self) -> usize {
        0
    }

    /// Length of the scratch that `backward_weight` works in.
    pub const fn backward_weight_scratch_len(&self) -> usize {
        256 * 32
    }
}

/// Arranges `weight` for [`forward`]; to be called when the weights have changed.
pub fn pack_forward(_spec: &Dense, _weight: &[f32], _packed: &mut [f32]) {
    unimplemented!()
}

/// Arranges `weight` for [`backward_input`]; to be called when the weights have changed.
pub fn pack_backward(_spec: &Dense, _weight: &[f32], _packed: &mut [f32]) {
    unimplemented!()
}

/// `y = act(x * weight + bias)` for `rows` rows. One row works on `weight` itself, more on `packed` (which may then
/// be given empty for one row, as `weight` may for more).
#[allow(clippy::too_many_arguments)]
pub fn forward(
    _spec: &Dense,
    _rows: usize,
    _x: &[f32],
    _weight: &[f32],
    _packed: &[f32],
    _bias: Option<&[f32]>,
    _act: Activation,
    _y: &mut [f32],
    _scratch: &mut [f32],
) {
    unimplemented!()
}

/// `dx = dy * weightᵀ`, set or (`accumulate`) added.
#[allow(clippy::too_many_arguments)]
pub fn backward_input(
    _spec: &Dense,
    _rows: usize,
    _dy: &[f32],
    _weight: &[f32],
    _packed_backward: &[f32],
    _dx: &mut [f32],
    _accumulate: bool,
    _scratch: &mut [f32],
) {
    unimplemented!()
}

/// `dweight += xᵀ * dy`, for the rows `range` of the weight only; the bits don't depend on how the rows are split.
pub fn backward_weight(
    _spec: &Dense,
    _rows: usize,
    _x: &[f32],
    _dy: &[f32],
    _range: Range<usize>,
    _dweight_part: &mut [f32],
    _scratch: &mut [f32],
) {
    unimplemented!()
}

/// `dbias += Σ dy` over the rows.
pub fn backward_bias(_spec: &Dense, _rows: usize, _dy: &[f32], _dbias: &mut [f32]) {
    unimplemented!()
}

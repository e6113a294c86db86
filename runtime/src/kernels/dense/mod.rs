//! The fully connected layer: a matrix product with bias and activation in its last pass.
//!
//! The products are those of `tile`, on weights packed once per step; a single row goes by
//! `vector` instead, which reads a small weight as it lies, or by `stream`, which reads a large one in panels.

pub mod reference;
mod stream;
#[cfg(test)]
mod tests;
mod vector;

pub use stream::forward_shared;

use crate::kernels::length::{check_len, check_sizes, product};
use std::ops::Range;

use super::activation::{self, Activation};
use super::bias;
use super::team::Team;
use super::tile::{Finish, PANEL, Product, tiles, transpose};

/// Numbers of a weight from which on it is read in panels by one row: a megabyte.
const STREAMED: usize = 1 << 18;

/// Rows of a batch that are one product in the weight's gradient, whose `dy` is copied into panels for it.
const DEPTH: usize = 256;

/// The sizes of a dense layer: `y = x * weight + bias`, weight `[inputs, units]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dense {
    /// Features of an input row.
    pub(in crate::kernels) inputs: usize,
    /// Features of an output row.
    pub(in crate::kernels) units: usize,
}

impl Dense {
    /// From one number to one.
    pub const ONE: Self = Self::new(1, 1);

    /// The layer from rows of `inputs` features to rows of `units`.
    ///
    /// # Panics
    /// If a size is 0 or the sizes are too large for memory.
    pub const fn new(inputs: usize, units: usize) -> Self {
        let spec = Dense { inputs, units };
        check_sizes(
            &[inputs, units],
            &[spec.packed_forward_len(), spec.packed_backward_len()],
        );
        spec
    }

    /// Numbers in the weight.
    pub const fn weight_len(&self) -> usize {
        product([self.inputs, self.units])
    }

    /// Operations of a forward pass of one row, a multiply-add counted as two.
    pub const fn flops(&self) -> u64 {
        (self.weight_len() as u64).saturating_mul(2)
    }

    /// Length of the weights as [`forward`] wants them.
    pub const fn packed_forward_len(&self) -> usize {
        product([self.units.div_ceil(PANEL), PANEL, self.inputs])
    }

    /// Length of the weights as [`backward_input`] wants them.
    pub const fn packed_backward_len(&self) -> usize {
        product([self.inputs.div_ceil(PANEL), PANEL, self.units])
    }

    /// Whether one row reads the weight in panels, which are contiguous: where it is larger than the caches of one core, the
    /// machine must foresee what is read next.
    pub const fn streams(&self) -> bool {
        self.weight_len() >= STREAMED
    }

    /// Length of the scratch that [`forward`] works in.
    pub const fn forward_scratch_len(&self) -> usize {
        0
    }

    /// Length of the scratch that [`backward_input`] works in.
    pub const fn backward_input_scratch_len(&self) -> usize {
        0
    }

    /// Length of the scratch that [`backward_weight`] works in.
    pub const fn backward_weight_scratch_len(&self) -> usize {
        2 * PANEL * DEPTH
    }
}

/// Arranges `weight` for [`forward`] on several rows: `packed[panel][input][16 units]`, zero past the last unit.
///
/// # Panics
/// If a length is wrong.
pub fn pack_forward(spec: &Dense, weight: &[f32], packed: &mut [f32]) {
    check_len(
        weight.len(),
        spec.weight_len(),
        "dense: length of the weight",
    );
    check_len(
        packed.len(),
        spec.packed_forward_len(),
        "dense: length of the packed weight",
    );
    copy_to_panels(
        weight,
        spec.units,
        0..spec.units,
        packed,
        spec.inputs * PANEL,
    );
}

/// Copies `columns` of a matrix of rows of `row_len` into panels that are `panel_len` apart.
fn copy_to_panels(
    from: &[f32],
    row_len: usize,
    columns: Range<usize>,
    to: &mut [f32],
    panel_len: usize,
) {
    for (first, panel) in columns
        .clone()
        .step_by(PANEL)
        .zip(to.chunks_exact_mut(panel_len))
    {
        let width = PANEL.min(columns.end - first);
        for (row, to) in from
            .chunks_exact(row_len)
            .zip(panel.chunks_exact_mut(PANEL))
        {
            if width == PANEL {
                to.copy_from_slice(&row[first..first + PANEL]);
            } else {
                to[..width].copy_from_slice(&row[first..first + width]);
                to[width..].fill(0.0);
            }
        }
    }
}

/// Arranges `weight` for [`backward_input`]: `packed[panel][unit][16 inputs]`, zero past the last input.
///
/// # Panics
/// If a length is wrong.
pub fn pack_backward(spec: &Dense, weight: &[f32], packed: &mut [f32]) {
    check_len(
        weight.len(),
        spec.weight_len(),
        "dense: length of the weight",
    );
    check_len(
        packed.len(),
        spec.packed_backward_len(),
        "dense: length of the packed weight",
    );
    for (first, panel) in (0..spec.inputs)
        .step_by(PANEL)
        .zip(packed.chunks_exact_mut(PANEL * spec.units))
    {
        transpose(
            &weight[first * spec.units..],
            spec.units,
            PANEL.min(spec.inputs - first),
            spec.units,
            panel,
        );
    }
}

/// `y = act(x * weight + bias)`: `x` is `(rows, inputs)`, `y` is `(rows, units)`.
///
/// One row works on `weight` itself, and `packed` may be empty, unless the weight [is large](Dense::streams); more work on
/// `packed` (from [`pack_forward`]), and `weight` may be empty. They differ in rounding.
///
/// # Panics
/// If a length is wrong.
#[allow(clippy::too_many_arguments)]
pub fn forward(
    spec: &Dense,
    rows: usize,
    x: &[f32],
    weight: &[f32],
    packed: &[f32],
    bias: Option<&[f32]>,
    act: Activation,
    y: &mut [f32],
    _scratch: &mut [f32],
) {
    check_len(
        x.len(),
        product([rows, spec.inputs]),
        "dense: length of the input",
    );
    check_len(
        y.len(),
        product([rows, spec.units]),
        "dense: length of the output",
    );
    if let Some(bias) = bias {
        check_len(bias.len(), spec.units, "dense: length of the bias");
    }
    if rows == 1 && spec.streams() {
        return stream::stream_row(&mut Team::alone(), spec, x, packed, bias, act, y);
    }
    if rows == 1 {
        check_len(
            weight.len(),
            spec.weight_len(),
            "dense: length of the weight",
        );
        vector::forward(x, weight, bias, y);
        return activation::forward_in_place(act, y);
    }
    check_len(
        packed.len(),
        spec.packed_forward_len(),
        "dense: length of the packed weight",
    );
    let (finish, finished) = Finish::of(act);
    let product = Product {
        rows,
        columns: spec.units,
        depth: [1, 1, spec.inputs],
        a: x,
        a_outer: 0,
        a_inner: 0,
        a_step: 1,
        a_row: spec.inputs,
        b: packed,
        b_outer: 0,
        b_inner: 0,
        b_step: PANEL,
        b_panel: spec.inputs * PANEL,
        bias,
        c_row: spec.units,
        c_panel: PANEL,
        finish,
    };
    product.run(tiles(), y);
    if !finished {
        activation::forward_in_place(act, y);
    }
}

/// `dx = dy * weightᵀ`, set or (`accumulate`) added; `packed` comes from [`pack_backward`].
///
/// One row works on `weight` itself, and `packed` may be empty; more work on `packed`, and `weight` may be empty.
///
/// # Panics
/// If a length is wrong.
#[allow(clippy::too_many_arguments)]
pub fn backward_input(
    spec: &Dense,
    rows: usize,
    dy: &[f32],
    weight: &[f32],
    packed: &[f32],
    dx: &mut [f32],
    accumulate: bool,
    _scratch: &mut [f32],
) {
    check_len(
        dx.len(),
        product([rows, spec.inputs]),
        "dense: length of the input's gradient",
    );
    check_len(
        dy.len(),
        product([rows, spec.units]),
        "dense: length of the output's gradient",
    );
    if rows == 1 {
        check_len(
            weight.len(),
            spec.weight_len(),
            "dense: length of the weight",
        );
        return vector::backward_input(dy, weight, dx, accumulate);
    }
    check_len(
        packed.len(),
        spec.packed_backward_len(),
        "dense: length of the packed weight",
    );
    let product = Product {
        rows,
        columns: spec.inputs,
        depth: [1, 1, spec.units],
        a: dy,
        a_outer: 0,
        a_inner: 0,
        a_step: 1,
        a_row: spec.units,
        b: packed,
        b_outer: 0,
        b_inner: 0,
        b_step: PANEL,
        b_panel: spec.units * PANEL,
        bias: None,
        c_row: spec.inputs,
        c_panel: PANEL,
        finish: Finish::adding(accumulate),
    };
    product.run(tiles(), dx);
}

/// `dweight = xᵀ * dy` (added to it if `accumulate`), for the rows `range` of the weight only, which `dweight_part` holds.
///
/// The bits of a row don't depend on the range that it is computed in.
///
/// # Panics
/// If a length is wrong or the range ends past `inputs`.
#[allow(clippy::too_many_arguments)]
pub fn backward_weight(
    spec: &Dense,
    rows: usize,
    x: &[f32],
    dy: &[f32],
    range: Range<usize>,
    accumulate: bool,
    dweight_part: &mut [f32],
    scratch: &mut [f32],
) {
    let (inputs, units) = (spec.inputs, spec.units);
    check_len(
        x.len(),
        product([rows, inputs]),
        "dense: length of the input",
    );
    check_len(
        dy.len(),
        product([rows, units]),
        "dense: length of the output's gradient",
    );
    assert!(
        range.start <= range.end && range.end <= inputs,
        "dense: rows {range:?} of a weight of {inputs}"
    );
    check_len(
        dweight_part.len(),
        product([range.len(), units]),
        "dense: length of the weight's gradient",
    );
    assert!(
        scratch.len() >= spec.backward_weight_scratch_len(),
        "dense: the scratch is too short"
    );
    if range.is_empty() {
        return;
    }
    if rows == 0 && !accumulate {
        dweight_part.fill(0.0);
    }
    let tiles = tiles();
    for first in (0..rows).step_by(DEPTH) {
        let depth = DEPTH.min(rows - first);
        let adds = accumulate || first > 0;
        let dy = &dy[first * units..][..depth * units];
        for column in (0..units).step_by(tiles.columns) {
            let columns = tiles.columns.min(units - column);
            copy_to_panels(dy, units, column..column + columns, scratch, depth * PANEL);
            let product = Product {
                rows: range.len(),
                columns,
                depth: [1, 1, depth],
                a: &x[first * inputs + range.start..],
                a_outer: 0,
                a_inner: 0,
                a_step: inputs,
                a_row: 1,
                b: scratch,
                b_outer: 0,
                b_inner: 0,
                b_step: PANEL,
                b_panel: depth * PANEL,
                bias: None,
                c_row: units,
                c_panel: PANEL,
                finish: Finish::adding(adds),
            };
            product.run(tiles, &mut dweight_part[column..]);
        }
    }
}

/// `dbias += Σ dy` over the rows.
///
/// # Panics
/// If a length is wrong.
pub fn backward_bias(spec: &Dense, rows: usize, dy: &[f32], dbias: &mut [f32]) {
    check_len(
        dy.len(),
        product([rows, spec.units]),
        "dense: length of the output's gradient",
    );
    check_len(
        dbias.len(),
        spec.units,
        "dense: length of the bias' gradient",
    );
    bias::backward(dy, dbias);
}

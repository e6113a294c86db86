//! The fully connected layer: a matrix product with bias and activation in its last pass.
//!
//! The products are those of `tile`, on weights packed once per step; a single row goes by `vector` instead, which reads a small
//! weight as it lies. A weight of a megabyte or more is [large](Dense::streams): in training it is never packed as a whole but by
//! `blocks`, one row of it goes by `stream`, and a team shares its columns (`share`).

mod blocks;
mod dots;
pub mod reference;
mod rows;
mod share;
mod stream;
#[cfg(test)]
mod tests;
mod vector;
mod weight;

pub use share::{backward_input_shared, forward_shared};
pub use weight::backward_weight;

use crate::kernels::length::{check_len, check_sizes, product};
use crate::simd::{Kernel, Simd, dispatch};
use std::ops::Range;

use super::activation::{self, Activation};
use super::bias;
use super::team::Team;
use super::tile::{Finish, PANEL, Product, tiles, transpose};
use blocks::{LargeProduct, Weight};

/// Numbers of a large weight: a megabyte.
const LARGE: usize = 1 << 18;

/// Panels that are filled side by side: enough of a row that the machine fetches it at once.
const PANELS_AT_ONCE: usize = 8;

/// Rows by which it is told what to fetch.
const ROWS_AHEAD: usize = 6;

/// Whether a weight of so many numbers is larger than a core's caches, so that it is worth reading once for many examples.
pub const fn is_large(weight_len: usize) -> bool {
    weight_len >= LARGE
}

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

    /// Whether the weight [is large](is_large): it streams from memory.
    pub const fn streams(&self) -> bool {
        is_large(self.weight_len())
    }

    /// Length of the weights as [`forward`] wants them in training, where they are packed anew for each step: none of a
    /// [large](Dense::streams) one.
    pub const fn trained_forward_len(&self) -> usize {
        match self.streams() {
            true => 0,
            false => self.packed_forward_len(),
        }
    }

    /// The same for [`backward_input`].
    pub const fn trained_backward_len(&self) -> usize {
        match self.streams() {
            true => 0,
            false => self.packed_backward_len(),
        }
    }

    /// Length of the scratch that [`forward`] and [`backward_input`] work in where a [large](Dense::streams) weight isn't packed.
    pub const fn scratch_len(&self) -> usize {
        match self.streams() {
            true => blocks::BLOCK_LEN,
            false => 0,
        }
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
    if packed.is_empty() && spec.streams() {
        return;
    }
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
    dispatch(CopyToPanels {
        from,
        row_len,
        columns,
        to,
        panel_len,
    });
}

struct CopyToPanels<'a> {
    from: &'a [f32],
    row_len: usize,
    columns: Range<usize>,
    to: &'a mut [f32],
    panel_len: usize,
}

impl Kernel for CopyToPanels<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self {
            from,
            row_len,
            columns,
            to,
            panel_len,
        } = self;
        let some = to.chunks_mut(product([panel_len, PANELS_AT_ONCE]));
        let firsts = columns.clone().step_by(PANEL * PANELS_AT_ONCE);
        for (first, to) in firsts.zip(some) {
            let columns = first..columns.end.min(first + PANEL * PANELS_AT_ONCE);
            let panels = columns.len().div_ceil(PANEL);
            assert!(to.len() >= product([panels, panel_len]));
            for (row, from) in from.chunks_exact(row_len).enumerate() {
                let from = &from[columns.clone()];
                let ahead = from.as_ptr().wrapping_add(ROWS_AHEAD * row_len);
                let (whole, rest) = from.as_chunks::<PANEL>();
                for (panel, from) in whole.iter().enumerate() {
                    simd.prefetch(ahead.wrapping_add(panel * PANEL));
                    to[panel * panel_len + row * PANEL..][..PANEL].copy_from_slice(from);
                }
                if !rest.is_empty() {
                    let to = &mut to[whole.len() * panel_len + row * PANEL..][..PANEL];
                    to[..rest.len()].copy_from_slice(rest);
                    to[rest.len()..].fill(0.0);
                }
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
    if packed.is_empty() && spec.streams() {
        return;
    }
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
/// One row works on `weight` itself, and `packed` may be empty, and the same holds for more rows where the weight
/// [is large](Dense::streams). Else rows work on `packed` (from [`pack_forward`]), and `weight` may be empty. One row and more differ
/// in rounding.
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
    scratch: &mut [f32],
) {
    check_forward(spec, rows, x, bias, y);
    if spec.streams() {
        let weight = forward_weight(spec, weight, packed);
        if rows == 1 {
            return stream::forward(&mut Team::alone(), spec, x, weight, bias, act, y);
        }
        let product = large_forward(spec, rows, x, weight, bias, act);
        return product.run(y, scratch);
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

/// Checks what [`forward`] gets but for the weight.
fn check_forward(spec: &Dense, rows: usize, x: &[f32], bias: Option<&[f32]>, y: &[f32]) {
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
}

/// The large weight that [`forward`] gets: in panels or, where there are none, as it lies.
fn forward_weight<'a>(spec: &Dense, weight: &'a [f32], packed: &'a [f32]) -> Weight<'a> {
    if packed.is_empty() {
        check_len(
            weight.len(),
            spec.weight_len(),
            "dense: length of the weight",
        );
        return Weight::Rows(weight);
    }
    check_len(
        packed.len(),
        spec.packed_forward_len(),
        "dense: length of the packed weight",
    );
    Weight::Packed(packed)
}

fn large_forward<'a>(
    spec: &Dense,
    rows: usize,
    x: &'a [f32],
    weight: Weight<'a>,
    bias: Option<&'a [f32]>,
    act: Activation,
) -> LargeProduct<'a> {
    LargeProduct {
        rows,
        depth: spec.inputs,
        columns: spec.units,
        a: x,
        weight,
        bias,
        act,
        accumulate: false,
    }
}

/// `dx = dy * weightᵀ`, set or (`accumulate`) added; `packed` comes from [`pack_backward`].
///
/// One row works on `weight` itself, and `packed` may be empty, and the same holds for more rows where the weight
/// [is large](Dense::streams). Else rows work on `packed`, and `weight` may be empty. Few rows on `weight` itself and others differ in
/// rounding.
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
    scratch: &mut [f32],
) {
    check_backward(spec, rows, dy, dx);
    if rows == 1 {
        check_len(
            weight.len(),
            spec.weight_len(),
            "dense: length of the weight",
        );
        return vector::backward_input(dy, weight, dx, accumulate);
    }
    if spec.streams() {
        let weight = backward_weight_of(spec, weight, packed);
        let product = large_backward(spec, rows, dy, weight, accumulate);
        return product.run(dx, scratch);
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

/// Checks what [`backward_input`] gets but for the weight.
fn check_backward(spec: &Dense, rows: usize, dy: &[f32], dx: &[f32]) {
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
}

/// The large weight that [`backward_input`] gets: in panels or, where there are none, as it lies.
fn backward_weight_of<'a>(spec: &Dense, weight: &'a [f32], packed: &'a [f32]) -> Weight<'a> {
    if packed.is_empty() {
        check_len(
            weight.len(),
            spec.weight_len(),
            "dense: length of the weight",
        );
        return Weight::Columns(weight);
    }
    check_len(
        packed.len(),
        spec.packed_backward_len(),
        "dense: length of the packed weight",
    );
    Weight::Packed(packed)
}

fn large_backward<'a>(
    spec: &Dense,
    rows: usize,
    dy: &'a [f32],
    weight: Weight<'a>,
    accumulate: bool,
) -> LargeProduct<'a> {
    LargeProduct {
        rows,
        depth: spec.units,
        columns: spec.inputs,
        a: dy,
        weight,
        bias: None,
        act: Activation::Identity,
        accumulate,
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

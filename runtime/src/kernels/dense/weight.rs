//! The gradient of a weight, some of its rows: a product over the whole batch.

use std::ops::Range;

use super::Dense;
use crate::kernels::length::{check_len, product};
use crate::kernels::outer::{Matrix, Outer};

impl Dense {
    /// Length of the scratch that [`backward_weight`] works in.
    pub const fn backward_weight_scratch_len(&self) -> usize {
        Outer::scratch_len_of_matrix(self.inputs, self.inputs, self.units)
    }
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
    let outer = Outer {
        lines: rows,
        rows: range,
        columns: 0..units,
        accumulate,
    };
    let (x, dy) = (
        Matrix {
            numbers: x,
            len: inputs,
        },
        Matrix {
            numbers: dy,
            len: units,
        },
    );
    outer.run(&x, &dy, dweight_part, scratch);
}

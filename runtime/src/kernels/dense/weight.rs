//! The gradient of a weight, some of its rows: a product over the whole batch.

use std::ops::Range;

use super::{Dense, copy_to_panels};
use crate::kernels::length::{check_len, product};
use crate::kernels::tile::{Finish, PANEL, Product, tiles};

/// Examples that are one product, for which both operands are copied.
const DEPTH: usize = 256;

/// Columns whose `dy` are copied into panels at a time.
const COLUMNS: usize = 4 * PANEL;

/// Rows of the weight whose `x` are copied side by side: whole tiles of every instruction set, and three cache lines, so that
/// those of all examples lie in different sets of a cache.
const GROUP: usize = 48;

/// Rows of the weight whose `x` are copied at a time.
const ROWS: usize = 4 * GROUP;

impl Dense {
    /// Whether `x` is copied: where there are columns enough to pay for it.
    const fn copies_input(&self) -> bool {
        self.streams() && self.units >= COLUMNS
    }

    /// Length of the scratch that [`backward_weight`] works in.
    pub const fn backward_weight_scratch_len(&self) -> usize {
        match self.copies_input() {
            true => (COLUMNS + ROWS) * DEPTH,
            false => COLUMNS * DEPTH,
        }
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
    if range.is_empty() {
        return;
    }
    if rows == 0 && !accumulate {
        dweight_part.fill(0.0);
    }
    let most = match spec.copies_input() {
        true => ROWS,
        false => range.len(),
    };
    for first in (0..rows).step_by(DEPTH) {
        let examples = first..rows.min(first + DEPTH);
        let x = &x[examples.start * inputs..examples.end * inputs];
        let dy = &dy[examples.start * units..examples.end * units];
        let finish = Finish::adding(accumulate || first > 0);
        let parts = dweight_part.chunks_mut(product([most, units]));
        for (first, part) in range.clone().step_by(most).zip(parts) {
            let some = first..range.end.min(first + most);
            some_rows(spec, examples.len(), x, dy, some, finish, part, scratch);
        }
    }
}

/// The part of a few rows, from so few examples that they are one product.
#[allow(clippy::too_many_arguments)]
fn some_rows(
    spec: &Dense,
    depth: usize,
    x: &[f32],
    dy: &[f32],
    range: Range<usize>,
    finish: Finish,
    dweight: &mut [f32],
    scratch: &mut [f32],
) {
    let (inputs, units) = (spec.inputs, spec.units);
    let (panels, copied) = scratch.split_at_mut(COLUMNS * DEPTH);
    let copies = spec.copies_input();
    let group = match copies {
        true => GROUP,
        false => range.len(),
    };
    let groups = || range.clone().step_by(group);
    if copies {
        for (first, group) in groups().zip(copied.chunks_exact_mut(depth * GROUP)) {
            let width = GROUP.min(range.end - first);
            let lines = group.chunks_exact_mut(GROUP);
            for (x, to) in x.chunks_exact(inputs).zip(lines) {
                to[..width].copy_from_slice(&x[first..first + width]);
            }
        }
    }
    for column in (0..units).step_by(COLUMNS) {
        let columns = column..units.min(column + COLUMNS);
        copy_to_panels(dy, units, columns.clone(), panels, depth * PANEL);
        for (index, first) in groups().enumerate() {
            let (a, a_step) = match copies {
                true => (&copied[index * depth * GROUP..], GROUP),
                false => (&x[first..], inputs),
            };
            let product = Product {
                rows: group.min(range.end - first),
                columns: columns.len(),
                depth: [1, 1, depth],
                a,
                a_outer: 0,
                a_inner: 0,
                a_step,
                a_row: 1,
                b: panels,
                b_outer: 0,
                b_inner: 0,
                b_step: PANEL,
                b_panel: depth * PANEL,
                bias: None,
                c_row: units,
                c_panel: PANEL,
                finish,
            };
            product.run(
                tiles(),
                &mut dweight[(first - range.start) * units + column..],
            );
        }
    }
}

//! The weight's gradient shared out: some rows of the weight for each part.

use super::super::backward_weight::{
    add_rows, backward_weight, check_gradient, copy_to_panels, panel_len, products, some_at_once,
};
use super::super::winograd::{self, Correlation};
use super::super::{Conv2d, depthwise};
use crate::kernels::bias;
use crate::kernels::team::{Team, parts};
use crate::kernels::tile::tiles;

/// Rows of the weight below which a part reads the gradient of the output for too few of them.
const PART_ROWS: usize = 32;

/// Operations that take as long as copying a number.
const PRICE_OF_COPY: u64 = 8;

impl Conv2d {
    /// The parts into which [`backward_weight_shared`] cuts the work on one picture, and the scratch of each.
    pub const fn backward_weight_team(&self) -> [usize; 2] {
        let parts = if self.is_depthwise() {
            self.worth(self.kernel[0])
        } else if winograd::fits(self) {
            self.worth(winograd::GRADIENT_PARTS)
        } else {
            self.worth(self.weight_rows() / PART_ROWS)
        };
        let scratch = match self.shares_windows() {
            true => self.backward_weight_rows_scratch_len(),
            false => 0,
        };
        [parts, scratch]
    }

    /// Whether each part copies for itself what its rows read.
    const fn shares_windows(&self) -> bool {
        self.gathers_windows() && !winograd::fits(self)
    }
}

/// [`backward_weight`], on the threads of `team` where the work on one picture is worth it.
///
/// # Panics
/// If a length is wrong.
#[allow(clippy::too_many_arguments)]
#[inline]
pub fn backward_weight_shared(
    team: &mut Team<'_>,
    spec: &Conv2d,
    n: usize,
    x: &[f32],
    dy: &[f32],
    dweight: &mut [f32],
    dbias: Option<&mut [f32]>,
    scratch: &mut [f32],
) {
    if team.is_alone() || spec.backward_weight_team()[0] == 1 {
        return backward_weight(spec, n, x, dy, dweight, dbias, scratch);
    }
    check_gradient(spec, n, x, dy, dweight, dbias.as_deref(), scratch);
    if let Some(dbias) = dbias {
        bias::backward(dy, dbias);
    }
    let [parts, _] = spec.backward_weight_team();
    if spec.is_depthwise() {
        return depthwise_shared(team, parts, spec, n, x, dy, dweight);
    }
    if winograd::fits(spec) {
        let correlation = Correlation::forward(spec);
        winograd::backward_weight_shared(team, parts, correlation, n, x, dy, dweight, scratch);
    } else {
        direct(team, parts, spec, n, x, dy, dweight, scratch);
    }
}

/// The gradient of a depthwise weight: some rows of the kernel for each part.
pub(in crate::kernels) fn depthwise_shared(
    team: &mut Team<'_>,
    parts: usize,
    spec: &Conv2d,
    n: usize,
    x: &[f32],
    dy: &[f32],
    dweight: &mut [f32],
) {
    let row = |part: usize| spec.kernel[0] * part / parts;
    let start = |part| row(part) * spec.kernel[1] * spec.channels;
    team.share(parts, dweight, &start, 0, &|part, dweight, _| {
        let rows = row(part)..row(part + 1);
        depthwise::backward_weight(spec, n, x, dy, rows, dweight);
    });
}

/// Products with the pixels as depth.
#[allow(clippy::too_many_arguments)]
fn direct(
    team: &mut Team<'_>,
    parts: usize,
    spec: &Conv2d,
    n: usize,
    x: &[f32],
    dy: &[f32],
    dweight: &mut [f32],
    scratch: &mut [f32],
) {
    let row = |part: usize| spec.weight_rows() * part / parts;
    if spec.shares_windows() {
        let [_, scratch_len] = spec.backward_weight_team();
        let start = |part| row(part) * spec.filters;
        let task = |part, dweight: &mut [f32], scratch: &mut [f32]| {
            let rows = row(part)..row(part + 1);
            add_rows(spec, n, x, dy, rows, true, dweight, scratch);
        };
        return team.share(parts, dweight, &start, scratch_len, &task);
    }
    some_at_once(spec, n, x, dy, scratch, |pictures, dy, panels| {
        let dy = if spec.copies_dy_to_panels() {
            copy_panels(team, spec, dy, panels);
            &*panels
        } else {
            dy
        };
        let start = |part| row(part) * spec.filters;
        team.share(parts, dweight, &start, 0, &|part, dweight, _| {
            let rows = row(part)..row(part + 1);
            products(spec, tiles(), pictures, dy, rows, dweight);
        });
    });
}

/// The gradient of the output in panels, some of them by each part.
fn copy_panels(team: &mut Team<'_>, spec: &Conv2d, dy: &[f32], to: &mut [f32]) {
    let panel_len = panel_len(spec, dy);
    let all = to.len() / panel_len;
    let parts = parts(dy.len() as u64 * PRICE_OF_COPY, all);
    if parts == 1 {
        return copy_to_panels(spec, dy, 0, to);
    }
    let first = |part: usize| all * part / parts;
    let start = |part| first(part) * panel_len;
    team.share(parts, to, &start, 0, &|part, to, _| {
        copy_to_panels(spec, dy, first(part), to);
    });
}

//! Few pictures on the threads of a team: the passes of the mirrored convolution, shared out as that shares them.

use super::backward_weight::{backward_weight, check_gradient, copy_to_panels, products};
use super::{ConvTranspose2d, backward_input, check, check_input_gradient, forward};
use crate::kernels::activation::Activation;
use crate::kernels::bias;
use crate::kernels::conv2d::{InputBands, OutputBands};
use crate::kernels::team::{Team, parts};
use crate::kernels::tile::Finish;

/// Rows of the weight below which a part reads the gradient of the output for too few of them.
const PART_ROWS: usize = 16;

/// Operations that take as long as copying a number.
const PRICE_OF_COPY: u64 = 8;

impl ConvTranspose2d {
    /// The parts into which [`forward_shared`] cuts one picture, and the scratch of each.
    pub const fn forward_team(&self) -> [usize; 2] {
        let bands = InputBands::new(&self.mirrored, false);
        [bands.parts, bands.scratch_len()]
    }

    /// The parts into which [`backward_input_shared`] cuts one picture, and the scratch of each.
    pub const fn backward_input_team(&self) -> [usize; 2] {
        let bands = OutputBands::new(&self.mirrored, false);
        [bands.parts, bands.scratch_len()]
    }

    /// The parts into which [`backward_weight_shared`] cuts the work on one picture, and the scratch of each: none.
    pub const fn backward_weight_team(&self) -> [usize; 2] {
        let rows = self.weight_rows();
        let most = if self.mirrored.is_depthwise() {
            1
        } else {
            rows / PART_ROWS
        };
        [self.mirrored.worth(most), 0]
    }

    /// Rows of the weight as a matrix with a column for each filter of a group.
    const fn weight_rows(&self) -> usize {
        self.weight_len() / self.mirrored.group()[0]
    }
}

/// [`forward`], on the threads of `team` where the work on one picture is worth it: one picture after the other.
///
/// # Panics
/// If a length is wrong, or the team's scratch is too short.
#[allow(clippy::too_many_arguments)]
#[inline]
pub fn forward_shared(
    team: &mut Team<'_>,
    spec: &ConvTranspose2d,
    n: usize,
    x: &[f32],
    packed: &[f32],
    bias: Option<&[f32]>,
    act: Activation,
    y: &mut [f32],
    scratch: &mut [f32],
) {
    let bands = InputBands::new(&spec.mirrored, false);
    if team.is_alone() || bands.parts == 1 {
        return forward(spec, n, x, packed, bias, act, y, scratch);
    }
    check(spec, n, x, packed, bias, y);
    let pictures = x.chunks_exact(spec.input_len());
    for (x, y) in pictures.zip(y.chunks_exact_mut(spec.output_len())) {
        bands.share(team, x, packed, bias, Finish::and_left(act), y);
    }
}

/// [`backward_input`], on the threads of `team` where the work on one picture is worth it: one picture after the other.
///
/// # Panics
/// If a length is wrong, or the team's scratch is too short.
#[allow(clippy::too_many_arguments)]
#[inline]
pub fn backward_input_shared(
    team: &mut Team<'_>,
    spec: &ConvTranspose2d,
    n: usize,
    dy: &[f32],
    packed: &[f32],
    dx: &mut [f32],
    accumulate: bool,
    scratch: &mut [f32],
) {
    let bands = OutputBands::new(&spec.mirrored, false);
    if team.is_alone() || bands.parts == 1 {
        return backward_input(spec, n, dy, packed, dx, accumulate, scratch);
    }
    check_input_gradient(spec, n, dy, packed, dx);
    let finish = (Finish::adding(accumulate), Activation::Identity);
    let pictures = dy.chunks_exact(spec.output_len());
    for (dy, dx) in pictures.zip(dx.chunks_exact_mut(spec.input_len())) {
        bands.share(team, dy, packed, None, finish, dx);
    }
}

/// [`backward_weight`], on the threads of `team` where the work on one picture is worth it: some rows of the weight in each part.
///
/// # Panics
/// If a length is wrong.
#[allow(clippy::too_many_arguments)]
#[inline]
pub fn backward_weight_shared(
    team: &mut Team<'_>,
    spec: &ConvTranspose2d,
    n: usize,
    x: &[f32],
    dy: &[f32],
    dweight: &mut [f32],
    dbias: Option<&mut [f32]>,
    scratch: &mut [f32],
) {
    let [parts, _] = spec.backward_weight_team();
    if team.is_alone() || parts == 1 {
        return backward_weight(spec, n, x, dy, dweight, dbias, scratch);
    }
    check_gradient(spec, n, x, dy, dweight, dbias.as_deref(), scratch);
    if let Some(dbias) = dbias {
        bias::backward(dy, dbias);
    }
    let panels = &mut scratch[..spec.backward_weight_scratch_len()];
    panels.fill(0.0);
    let row = |part: usize| spec.weight_rows() * part / parts;
    let start = |part| row(part) * spec.mirrored.group()[0];
    let pictures = x.chunks_exact(spec.input_len());
    for (x, dy) in pictures.zip(dy.chunks_exact(spec.output_len())) {
        copy_panels(team, spec, dy, panels);
        let dy = &*panels;
        team.share(parts, dweight, &start, 0, &|part, dweight, _| {
            products(spec, x, dy, row(part), dweight);
        });
    }
}

/// The gradient of the output in panels, some of them by each part.
fn copy_panels(team: &mut Team<'_>, spec: &ConvTranspose2d, dy: &[f32], to: &mut [f32]) {
    let all = to.len() / spec.panel_len();
    let parts = parts(dy.len() as u64 * PRICE_OF_COPY, all);
    if parts == 1 {
        return copy_to_panels(spec, dy, 0, to);
    }
    let first = |part: usize| all * part / parts;
    let start = |part| first(part) * spec.panel_len();
    team.share(parts, to, &start, 0, &|part, to, _| {
        copy_to_panels(spec, dy, first(part), to);
    });
}

//! Few pictures on the threads of a team: the passes of the mirrored convolution, shared out as that shares them.

use super::backward_weight::{
    add_taps, backward_weight, check_gradient, copy_to_panels, products, sums_of_taps,
};
use super::{ConvTranspose2d, backward_input, check, check_input_gradient, forward};
use crate::kernels::activation::Activation;
use crate::kernels::bias;
use crate::kernels::conv2d::{InputBands, OutputBands, depthwise_shared};
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

    /// The parts into which [`backward_weight_shared`] cuts the work on one picture, and the scratch of each.
    pub const fn backward_weight_team(&self) -> [usize; 2] {
        if self.joins_taps() {
            let parts = self.mirrored.worth(self.channels() / PART_ROWS);
            return [parts, self.taps_scratch_len()];
        }
        let most = if self.mirrored.is_depthwise() {
            self.mirrored.kernel[0]
        } else {
            self.weight_rows() / PART_ROWS
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
    if spec.mirrored.is_depthwise() {
        return depthwise_shared(team, parts, &spec.mirrored, n, dy, x, dweight);
    }
    if spec.joins_taps() {
        let [_, scratch_len] = spec.backward_weight_team();
        let (sums, _) = scratch.split_at_mut(spec.weight_len());
        let row = |part: usize| spec.channels() * part / parts;
        let start = |part| row(part) * (spec.weight_len() / spec.channels());
        team.share(parts, sums, &start, scratch_len, &|part, sums, scratch| {
            sums_of_taps(spec, n, x, dy, row(part)..row(part + 1), sums, scratch);
        });
        return add_taps(spec, sums, dweight);
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

#[cfg(test)]
mod tests {
    use super::super::{pack_backward, pack_forward};
    use super::*;
    use crate::kernels::team::{most, pool_of_this_thread};
    use crate::kernels::tests::products::{numbers, quiet};
    use crate::simd::on_every_isa;

    /// Decoders' layers: windows that lie apart, that overlap, with what is cut off and added, groups and a channel at a time.
    fn layers() -> [ConvTranspose2d; 4] {
        let none = [[0; 2]; 2];
        let cut = [[1, 1], [0, 2]];
        [
            ConvTranspose2d::new([28, 29, 64], 40, [2, 2], [2, 2], none, [0, 0], 1),
            ConvTranspose2d::new([30, 20, 48], 32, [3, 4], [2, 3], cut, [1, 0], 1),
            ConvTranspose2d::new([40, 40, 32], 48, [5, 5], [1, 1], [[2; 2]; 2], [0, 0], 2),
            ConvTranspose2d::new([60, 60, 48], 48, [3, 3], [2, 2], none, [0, 0], 48),
        ]
    }

    #[test]
    fn few_pictures_have_the_bits_of_one_thread() {
        let _pool = pool_of_this_thread();
        for spec in layers() {
            let needs = [
                spec.forward_team(),
                spec.backward_input_team(),
                spec.backward_weight_team(),
            ];
            assert!(needs.iter().all(|[parts, _]| *parts > 1), "{spec:?}");
            let (n, weight) = (2, numbers(spec.weight_len(), 1));
            let (x, dy) = (
                numbers(n * spec.input_len(), 2),
                numbers(n * spec.output_len(), 3),
            );
            let bias = numbers(spec.filters(), 4);
            on_every_isa(|isa| {
                let mut forward = vec![f32::NAN; spec.packed_forward_len()];
                let mut backward = vec![f32::NAN; spec.packed_backward_len()];
                quiet(|| pack_forward(&spec, &weight, &mut forward));
                quiet(|| pack_backward(&spec, &weight, &mut backward));
                let run = |mut team: Team<'_>| {
                    let team = &mut team;
                    let mut y = vec![f32::NAN; dy.len()];
                    let (act, some) = (Activation::Tanh, Some(&bias[..]));
                    let mut scratch = vec![f32::NAN; spec.forward_scratch_len()];
                    forward_shared(
                        team,
                        &spec,
                        n,
                        &x,
                        &forward,
                        some,
                        act,
                        &mut y,
                        &mut scratch,
                    );
                    let mut dx = x.clone();
                    let mut scratch = vec![f32::NAN; spec.backward_input_scratch_len()];
                    backward_input_shared(
                        team,
                        &spec,
                        n,
                        &dy,
                        &backward,
                        &mut dx,
                        true,
                        &mut scratch,
                    );
                    let (mut dweight, mut dbias) = (weight.clone(), bias.clone());
                    let mut scratch = vec![f32::NAN; spec.backward_weight_scratch_len()];
                    let db = Some(&mut dbias[..]);
                    backward_weight_shared(team, &spec, n, &x, &dy, &mut dweight, db, &mut scratch);
                    [y, dx, dweight, dbias]
                };
                let alone = run(Team::alone());
                let needs = most(&needs);
                let shared = Team::with_pool(needs, &mut vec![f32::NAN; needs[1]], run);
                assert!(alone == shared, "{spec:?} on {isa:?}");
            });
        }
    }
}

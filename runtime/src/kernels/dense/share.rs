//! Large dense layers shared out among the threads of a team: by units forward, by inputs backward.

use super::blocks::{BLOCK_LEN, OWN_LEN};
use super::{
    Dense, backward_input, backward_weight_of, check_backward, check_forward, forward,
    forward_weight, large_backward, large_forward, stream, vector,
};
use crate::kernels::activation::Activation;
use crate::kernels::length::check_len;
use crate::kernels::team::{MOST_PARTS, Team};

impl Dense {
    /// Parts and scratch of a weight that is in panels, or isn't.
    const fn team(&self, scratch_len: usize) -> [usize; 2] {
        match self.streams() {
            true => [MOST_PARTS, scratch_len],
            false => [1, 0],
        }
    }

    /// The parts into which [`forward_shared`] cuts the work on a packed weight, and the scratch of each.
    pub const fn forward_team(&self) -> [usize; 2] {
        self.team(OWN_LEN)
    }

    /// The parts into which [`forward_shared`] and [`backward_input_shared`] cut the work on a weight that isn't packed, and the
    /// scratch of each.
    pub const fn trained_team(&self) -> [usize; 2] {
        self.team(OWN_LEN + BLOCK_LEN)
    }
}

/// [`forward`], on the threads of `team` where the weight [is large](Dense::streams).
///
/// # Panics
/// If a length is wrong.
#[allow(clippy::too_many_arguments)]
#[inline]
pub fn forward_shared(
    team: &mut Team<'_>,
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
    // Inlined where the sizes are known, so that small layers don't pay for it.
    if !spec.streams() || team.is_alone() {
        return forward(spec, rows, x, weight, packed, bias, act, y, scratch);
    }
    check_forward(spec, rows, x, bias, y);
    let weight = forward_weight(spec, weight, packed);
    if rows == 1 {
        return stream::forward(team, spec, x, weight, bias, act, y);
    }
    large_forward(spec, rows, x, weight, bias, act).share(team, y);
}

/// [`backward_input`], on the threads of `team` where the weight [is large](Dense::streams).
///
/// # Panics
/// If a length is wrong.
#[allow(clippy::too_many_arguments)]
#[inline]
pub fn backward_input_shared(
    team: &mut Team<'_>,
    spec: &Dense,
    rows: usize,
    dy: &[f32],
    weight: &[f32],
    packed: &[f32],
    dx: &mut [f32],
    accumulate: bool,
    scratch: &mut [f32],
) {
    if !spec.streams() || team.is_alone() {
        return backward_input(spec, rows, dy, weight, packed, dx, accumulate, scratch);
    }
    check_backward(spec, rows, dy, dx);
    if rows > 1 {
        let weight = backward_weight_of(spec, weight, packed);
        return large_backward(spec, rows, dy, weight, accumulate).share(team, dx);
    }
    check_len(
        weight.len(),
        spec.weight_len(),
        "dense: length of the weight",
    );
    let parts = MOST_PARTS.min(spec.inputs);
    let start = |part| spec.inputs * part / parts;
    team.share(parts, dx, &start, 0, &|part, dx, _| {
        let weight = &weight[start(part) * spec.units..][..dx.len() * spec.units];
        vector::backward_input(dy, weight, dx, accumulate);
    });
}

//! Group normalisation: the channels of one example in groups, each brought to mean 0 and variance 1.
//!
//! Source: Wu and He 2018, "Group normalization".

mod backward;
mod forward;
pub mod reference;
#[cfg(test)]
mod tests;

use backward::Backward;
use forward::Forward;

use super::sweep::Flow;
use crate::kernels::length::{check_len, check_sizes, product};
use crate::simd::dispatch;

/// The sizes of a group normalisation over `(n, positions, channels)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupNorm {
    /// Positions: height × width for pictures.
    pub(in crate::kernels) positions: usize,
    /// Channels; a multiple of `groups`.
    pub(in crate::kernels) channels: usize,
    /// Groups of neighbouring channels.
    pub(in crate::kernels) groups: usize,
}

impl GroupNorm {
    /// A single number.
    pub const ONE: Self = Self::new(1, 1, 1);

    /// The normalisation of `positions` pixels in so many groups of their channels.
    ///
    /// # Panics
    /// If a size is 0, the groups don't divide the channels, or the sizes are too large for memory.
    pub const fn new(positions: usize, channels: usize, groups: usize) -> Self {
        check_sizes(
            &[positions, channels, groups],
            &[product([positions, channels]), product([2, channels])],
        );
        assert!(
            channels.is_multiple_of(groups),
            "group_norm: groups must divide the channels"
        );
        GroupNorm {
            positions,
            channels,
            groups,
        }
    }

    /// Values in one example.
    pub const fn len(&self) -> usize {
        product([self.positions, self.channels])
    }

    /// Whether an example holds no values.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Values that [`forward`] saves for one example: mean and inverse standard deviation of each group.
    pub const fn saved_len(&self) -> usize {
        product([2, self.groups])
    }

    /// Channels in one group.
    pub const fn group_len(&self) -> usize {
        self.channels / self.groups
    }
}

/// `y = (x - mean) / sqrt(variance + epsilon) * scale + shift`, mean and (biased) variance over the positions and
/// channels of a group, scale and shift by channel.
///
/// `x`, `y`: `(n, positions, channels)`; `scale`, `shift`: `(channels)`; `saved`: mean and inverse standard deviation,
/// `(n, groups, 2)`, for [`backward`].
///
/// # Panics
/// If a slice doesn't have the length that the sizes give.
#[expect(
    clippy::too_many_arguments,
    reason = "a kernel's operands are named one by one"
)]
pub fn forward(
    spec: &GroupNorm,
    n: usize,
    x: &[f32],
    scale: &[f32],
    shift: &[f32],
    epsilon: f32,
    y: &mut [f32],
    saved: &mut [f32],
) {
    check_len(x.len(), product([n, spec.len()]), "group_norm: length of x");
    check_len(y.len(), product([n, spec.len()]), "group_norm: length of y");
    check_len(
        saved.len(),
        product([n, spec.saved_len()]),
        "group_norm: length of saved",
    );
    dispatch(Forward {
        spec,
        n,
        flow: Flow::between(x, y),
        scale,
        shift,
        epsilon,
        saved: Some(saved),
    });
}

/// [`forward`] without what only the backward pass needs.
///
/// # Panics
/// If a slice doesn't have the length that the sizes give.
pub fn inference(
    spec: &GroupNorm,
    n: usize,
    x: &[f32],
    scale: &[f32],
    shift: &[f32],
    epsilon: f32,
    y: &mut [f32],
) {
    check_len(x.len(), product([n, spec.len()]), "group_norm: length of x");
    check_len(y.len(), product([n, spec.len()]), "group_norm: length of y");
    dispatch(Forward {
        spec,
        n,
        flow: Flow::between(x, y),
        scale,
        shift,
        epsilon,
        saved: None,
    });
}

/// [`inference`] on values that it replaces.
///
/// # Panics
/// If a slice doesn't have the length that the sizes give.
pub fn inference_in_place(
    spec: &GroupNorm,
    n: usize,
    x: &mut [f32],
    scale: &[f32],
    shift: &[f32],
    epsilon: f32,
) {
    check_len(x.len(), product([n, spec.len()]), "group_norm: length of x");
    dispatch(Forward {
        spec,
        n,
        flow: Flow::in_place(x),
        scale,
        shift,
        epsilon,
        saved: None,
    });
}

/// The gradients of input (`dx`, set), scale and shift (`dscale`, `dshift`, added to).
///
/// As in [`layer_norm`](super::layer_norm::backward), with means over the positions and channels of a group.
/// `saved` is what [`forward`] wrote.
///
/// # Panics
/// If a slice doesn't have the length that the sizes give.
#[expect(
    clippy::too_many_arguments,
    reason = "a kernel's operands are named one by one"
)]
pub fn backward(
    spec: &GroupNorm,
    n: usize,
    x: &[f32],
    saved: &[f32],
    scale: &[f32],
    dy: &[f32],
    dx: &mut [f32],
    dscale: &mut [f32],
    dshift: &mut [f32],
) {
    check_len(
        dy.len(),
        product([n, spec.len()]),
        "group_norm: length of dy",
    );
    check_len(
        dx.len(),
        product([n, spec.len()]),
        "group_norm: length of dx",
    );
    dispatch(Backward {
        spec,
        n,
        x,
        saved,
        scale,
        flow: Flow::between(dy, dx),
        dscale,
        dshift,
    });
}

/// [`backward`] on gradients that it replaces.
///
/// # Panics
/// If a slice doesn't have the length that the sizes give.
#[expect(
    clippy::too_many_arguments,
    reason = "a kernel's operands are named one by one"
)]
pub fn backward_in_place(
    spec: &GroupNorm,
    n: usize,
    x: &[f32],
    saved: &[f32],
    scale: &[f32],
    d: &mut [f32],
    dscale: &mut [f32],
    dshift: &mut [f32],
) {
    check_len(
        d.len(),
        product([n, spec.len()]),
        "group_norm: length of dy",
    );
    dispatch(Backward {
        spec,
        n,
        x,
        saved,
        scale,
        flow: Flow::in_place(d),
        dscale,
        dshift,
    });
}

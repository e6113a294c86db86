//! Group normalisation: the channels of one example in groups, each brought to mean 0 and variance 1.
//!
//! Source: Wu and He 2018, "Group normalization".

pub mod reference;
#[cfg(test)]
mod tests;

use super::sweep::{Flow, Lanes, sweep};
use crate::kernels::length::{check_sizes, product};
use crate::simd::{Kernel, Simd, dispatch};

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
    assert_eq!(x.len(), product([n, spec.len()]), "group_norm: length of x");
    assert_eq!(y.len(), product([n, spec.len()]), "group_norm: length of y");
    assert_eq!(
        saved.len(),
        product([n, spec.saved_len()]),
        "group_norm: length of saved"
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
    assert_eq!(x.len(), product([n, spec.len()]), "group_norm: length of x");
    assert_eq!(y.len(), product([n, spec.len()]), "group_norm: length of y");
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
    assert_eq!(x.len(), product([n, spec.len()]), "group_norm: length of x");
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
    assert_eq!(
        dy.len(),
        product([n, spec.len()]),
        "group_norm: length of dy"
    );
    assert_eq!(
        dx.len(),
        product([n, spec.len()]),
        "group_norm: length of dx"
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
    assert_eq!(
        d.len(),
        product([n, spec.len()]),
        "group_norm: length of dy"
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

struct Forward<'a> {
    spec: &'a GroupNorm,
    n: usize,
    flow: Flow<'a>,
    scale: &'a [f32],
    shift: &'a [f32],
    epsilon: f32,
    saved: Option<&'a mut [f32]>,
}

impl Kernel for Forward<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Forward {
            spec,
            n,
            flow,
            scale,
            shift,
            epsilon,
            mut saved,
        } = self;
        let GroupNorm {
            positions,
            channels,
            groups,
        } = *spec;
        assert_eq!(scale.len(), channels, "group_norm: length of scale");
        assert_eq!(shift.len(), channels, "group_norm: length of shift");
        assert_eq!(flow.len(), product([n, positions, channels]));
        let size = channels / groups;
        let count = (positions * size) as f32;
        for at_group in 0..n * groups {
            let (example, group) = (at_group / groups, at_group % groups);
            let start = example * positions * channels + group * size;
            // SAFETY: positions and the group's channels are inside the example, which is inside the flow; scale and
            // shift hold the channels.
            unsafe {
                let mut sum = simd.splat(0.0);
                for p in 0..positions {
                    let from = flow.from(start + p * channels);
                    sweep!(simd: size, |at, lanes| sum = simd.add(sum, lanes.load(simd, from.add(at))));
                }
                let mean = simd.sum(sum) / count;
                let means = simd.splat(mean);
                let mut squares = simd.splat(0.0);
                for p in 0..positions {
                    let from = flow.from(start + p * channels);
                    sweep!(simd: size, |at, lanes| {
                        let x = lanes.or(simd, lanes.load(simd, from.add(at)), means);
                        let deviation = simd.sub(x, means);
                        squares = simd.fma(deviation, deviation, squares);
                    });
                }
                let inverse = 1.0 / (simd.sum(squares) / count + epsilon).sqrt();
                let inverses = simd.splat(inverse);
                let (scale, shift) = (
                    scale.as_ptr().add(group * size),
                    shift.as_ptr().add(group * size),
                );
                for p in 0..positions {
                    let (from, to) = (
                        flow.from(start + p * channels),
                        flow.to(start + p * channels),
                    );
                    sweep!(simd: size, |at, lanes| {
                        let factor = simd.mul(inverses, lanes.load(simd, scale.add(at)));
                        let x = simd.sub(lanes.load(simd, from.add(at)), means);
                        lanes.store(simd, to.add(at), simd.fma(x, factor, lanes.load(simd, shift.add(at))));
                    });
                }
                if let Some(saved) = &mut saved {
                    saved[2 * at_group] = mean;
                    saved[2 * at_group + 1] = inverse;
                }
            }
        }
    }
}

struct Backward<'a> {
    spec: &'a GroupNorm,
    n: usize,
    x: &'a [f32],
    saved: &'a [f32],
    scale: &'a [f32],
    flow: Flow<'a>,
    dscale: &'a mut [f32],
    dshift: &'a mut [f32],
}

impl Kernel for Backward<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Backward {
            spec,
            n,
            x,
            saved,
            scale,
            flow,
            dscale,
            dshift,
        } = self;
        let GroupNorm {
            positions,
            channels,
            groups,
        } = *spec;
        assert_eq!(x.len(), product([n, spec.len()]), "group_norm: length of x");
        assert_eq!(
            saved.len(),
            product([n, spec.saved_len()]),
            "group_norm: length of saved"
        );
        assert_eq!(scale.len(), channels, "group_norm: length of scale");
        assert_eq!(dscale.len(), channels, "group_norm: length of dscale");
        assert_eq!(dshift.len(), channels, "group_norm: length of dshift");
        assert_eq!(flow.len(), product([n, positions, channels]));
        let size = channels / groups;
        let count = (positions * size) as f32;
        for at_group in 0..n * groups {
            let (example, group) = (at_group / groups, at_group % groups);
            let start = example * positions * channels + group * size;
            let mean = simd.splat(saved[2 * at_group]);
            let inverse = simd.splat(saved[2 * at_group + 1]);
            // SAFETY: positions and the group's channels are inside the example, which is inside `x` and the flow;
            // scale, dscale and dshift hold the channels.
            unsafe {
                let scale = scale.as_ptr().add(group * size);
                let dscale = dscale.as_mut_ptr().add(group * size);
                let dshift = dshift.as_mut_ptr().add(group * size);
                let (mut sum, mut product) = (simd.splat(0.0), simd.splat(0.0));
                for p in 0..positions {
                    let (x, dy) = (
                        x.as_ptr().add(start + p * channels),
                        flow.from(start + p * channels),
                    );
                    sweep!(simd: size, |at, lanes| {
                        // Lanes left out have dy = 0 and add nothing.
                        let dy = lanes.load(simd, dy.add(at));
                        let normalised = simd.mul(simd.sub(lanes.load(simd, x.add(at)), mean), inverse);
                        let g = simd.mul(dy, lanes.load(simd, scale.add(at)));
                        sum = simd.add(sum, g);
                        product = simd.fma(g, normalised, product);
                        let weighted = simd.fma(dy, normalised, lanes.load(simd, dscale.add(at)));
                        lanes.store(simd, dscale.add(at), weighted);
                        lanes.store(simd, dshift.add(at), simd.add(dy, lanes.load(simd, dshift.add(at))));
                    });
                }
                let sum = simd.splat(simd.sum(sum) / count);
                let product = simd.splat(simd.sum(product) / count);
                for p in 0..positions {
                    let place = start + p * channels;
                    let (x, dy, dx) = (x.as_ptr().add(place), flow.from(place), flow.to(place));
                    sweep!(simd: size, |at, lanes| {
                        let normalised = simd.mul(simd.sub(lanes.load(simd, x.add(at)), mean), inverse);
                        let g = simd.mul(lanes.load(simd, dy.add(at)), lanes.load(simd, scale.add(at)));
                        let rest = simd.sub(simd.sub(g, sum), simd.mul(normalised, product));
                        lanes.store(simd, dx.add(at), simd.mul(inverse, rest));
                    });
                }
            }
        }
    }
}

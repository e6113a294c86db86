//! Normalised values scaled and shifted, with a residual and an activation in the same pass.

use super::vector::in_order;
use crate::kernels::activation::{self, Activation};
use crate::kernels::length::{check_len, product};
use crate::kernels::row_sums::{strip, strips};
use crate::kernels::sweep::{Flow, Lanes, sweep};
use crate::kernels::tile::Finish;
use crate::simd::{Kernel, Simd, dispatch};

/// Where mean and inverse standard deviation come from.
#[derive(Clone, Copy)]
pub(super) enum Moments<'a> {
    /// Mean, inverse standard deviation, variance of a batch.
    Batch(&'a [f32]),
    /// Running statistics.
    Running {
        mean: &'a [f32],
        variance: &'a [f32],
        epsilon: f32,
    },
}

impl Moments<'_> {
    fn check(&self, channels: usize) {
        match self {
            Moments::Batch(statistics) => {
                check_len(
                    statistics.len(),
                    product([3, channels]),
                    "batch_norm: length of statistics",
                );
            }
            Moments::Running { mean, variance, .. } => {
                check_len(mean.len(), channels, "batch_norm: length of running_mean");
                check_len(
                    variance.len(),
                    channels,
                    "batch_norm: length of running_variance",
                );
            }
        }
    }

    /// The mean of each channel; not so long only where there are none.
    #[inline(always)]
    fn means(&self) -> &[f32] {
        match self {
            Moments::Batch(statistics) => statistics,
            Moments::Running { mean, .. } => mean,
        }
    }

    /// Inverse standard deviations of the channels from `at` on.
    ///
    /// # Safety
    /// The lanes must be inside the channels.
    #[inline(always)]
    unsafe fn inverse<S: Simd, L: Lanes>(
        &self,
        simd: S,
        channels: usize,
        at: usize,
        lanes: L,
    ) -> S::F {
        // SAFETY: `affine`, which alone makes what asks for them, has called `check` with these channels.
        unsafe {
            match self {
                Moments::Batch(statistics) => {
                    lanes.load(simd, statistics.as_ptr().add(channels + at))
                }
                Moments::Running {
                    variance, epsilon, ..
                } => {
                    let variance = lanes.load(simd, variance.as_ptr().add(at));
                    let deviation = simd.sqrt(simd.add(variance, simd.splat(*epsilon)));
                    let inverse = simd.div(simd.splat(1.0), deviation);
                    // NaN for an infinite variance, as in `deviation`.
                    simd.fma(variance, simd.splat(0.0), inverse)
                }
            }
        }
    }
}

/// What is added to normalised values.
pub(super) trait Residual: Copy {
    /// `y` and what is added at `at`.
    ///
    /// # Safety
    /// The lanes must be inside.
    unsafe fn add<S: Simd, L: Lanes>(self, simd: S, at: usize, lanes: L, y: S::F) -> S::F;
}

/// Nothing is added.
#[derive(Clone, Copy)]
pub(super) struct Nothing;

impl Residual for Nothing {
    #[inline(always)]
    unsafe fn add<S: Simd, L: Lanes>(self, _: S, _: usize, _: L, y: S::F) -> S::F {
        y
    }
}

impl Residual for &[f32] {
    #[inline(always)]
    unsafe fn add<S: Simd, L: Lanes>(self, simd: S, at: usize, lanes: L, y: S::F) -> S::F {
        // SAFETY: the caller's promise.
        simd.add(unsafe { lanes.load(simd, self.as_ptr().add(at)) }, y)
    }
}

/// `y = act((x - mean) * inverse std * scale + shift + residual)`, `Relu` and `Relu6` in the same pass.
#[expect(
    clippy::too_many_arguments,
    reason = "a kernel's operands are named one by one"
)]
pub(super) fn affine(
    channels: usize,
    rows: usize,
    x: &[f32],
    moments: Moments<'_>,
    scale: &[f32],
    shift: &[f32],
    residual: Option<&[f32]>,
    act: Activation,
    y: &mut [f32],
) {
    check_len(
        x.len(),
        product([rows, channels]),
        "batch_norm: length of x",
    );
    check_len(
        y.len(),
        product([rows, channels]),
        "batch_norm: length of y",
    );
    check_len(scale.len(), channels, "batch_norm: length of scale");
    check_len(shift.len(), channels, "batch_norm: length of shift");
    moments.check(channels);
    let (finish, finished) = Finish::of(act);
    let affine = Affine {
        channels,
        flow: Flow::between(x, &mut *y),
        moments,
        scale,
        shift,
        residual: Nothing,
        bounds: finish.bounds,
    };
    match residual {
        None => dispatch(affine),
        Some(residual) => {
            check_len(
                residual.len(),
                x.len(),
                "batch_norm: length of the residual",
            );
            dispatch(affine.plus(residual));
        }
    }
    if !finished {
        activation::forward_in_place(act, y);
    }
}

struct Affine<'a, R> {
    channels: usize,
    flow: Flow<'a>,
    moments: Moments<'a>,
    scale: &'a [f32],
    shift: &'a [f32],
    residual: R,
    /// The least and the greatest number that it lets through.
    bounds: [f32; 2],
}

impl<'a> Affine<'a, Nothing> {
    fn plus(self, residual: &'a [f32]) -> Affine<'a, &'a [f32]> {
        Affine {
            channels: self.channels,
            flow: self.flow,
            moments: self.moments,
            scale: self.scale,
            shift: self.shift,
            residual,
            bounds: self.bounds,
        }
    }
}

impl<R: Residual> Kernel for Affine<'_, R> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Affine {
            channels,
            flow,
            moments,
            scale,
            shift,
            residual,
            bounds,
        } = self;
        let rows = flow.len() / channels.max(1);
        let [least, greatest] = bounds.map(|bound| simd.splat(bound));
        let mut factors = strip();
        for some in strips(channels) {
            let (first, len) = (some.start, some.len());
            // SAFETY: the strip is inside the channels, which scale, shift and moments hold, and no longer than the factors; the block's
            // rows are inside the flow.
            unsafe {
                let factors = factors.as_mut_ptr().cast::<f32>();
                let (scale, shift) = (scale.as_ptr().add(first), shift.as_ptr().add(first));
                let means = moments.means().as_ptr().add(first);
                sweep!(simd: len, |at, lanes| {
                    let inverse = moments.inverse(simd, channels, first + at, lanes);
                    let factor = simd.mul(inverse, lanes.load(simd, scale.add(at)));
                    lanes.store(simd, factors.add(at), factor);
                });
                in_order!(simd: len, rows,
                    |at, lanes| own = (
                        lanes.load(simd, means.add(at)),
                        lanes.load(simd, factors.add(at)),
                        lanes.load(simd, shift.add(at)),
                    ),
                    |row| {
                        let ((mean, factor, shift), place) = (own, row * channels + first + at);
                        let x = simd.sub(lanes.load(simd, flow.from(place)), mean);
                        let y = residual.add(simd, place, lanes, simd.fma(x, factor, shift));
                        lanes.store(simd, flow.to(place), simd.min(greatest, simd.max(least, y)));
                    }
                );
            }
        }
    }
}

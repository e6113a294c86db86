//! Any windows, which may overlap.

use super::larger::max;
use crate::kernels::pool::{Pool2d, windows};
use crate::kernels::sweep::{Lanes, sweep};
use crate::simd::{Kernel, Simd};

/// The largest value of each window.
pub(super) struct Forward<'a> {
    pub spec: &'a Pool2d,
    pub n: usize,
    pub x: &'a [f32],
    pub y: &'a mut [f32],
}

impl Kernel for Forward<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Forward { spec, n, x, y } = self;
        let (line, channels) = (spec.width * spec.channels, spec.channels);
        for window in windows(spec, n) {
            let (x, y) = (&x[window.picture], &mut y[window.results]);
            sweep!(simd: channels, |at, lanes| {
                let mut largest = simd.splat(f32::NEG_INFINITY);
                for row in window.rows.clone() {
                    for column in window.columns.clone() {
                        let from = row * line + column * channels + at;
                        // SAFETY: rows, columns and channels are those of the picture `x`.
                        largest = max(simd, unsafe { lanes.load(simd, x.as_ptr().add(from)) }, largest);
                    }
                }
                // SAFETY: `sweep` stays inside the channels, which `y` holds.
                unsafe { lanes.store(simd, y.as_mut_ptr().add(at), largest) };
            });
        }
    }
}

/// Gradients to the first position that holds the maximum, added up.
pub(super) struct Backward<'a> {
    pub spec: &'a Pool2d,
    pub n: usize,
    pub x: &'a [f32],
    pub y: &'a [f32],
    pub dy: &'a [f32],
    pub floor: f32,
    pub dx: &'a mut [f32],
}

impl Kernel for Backward<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Backward {
            spec,
            n,
            x,
            y,
            dy,
            floor,
            dx,
        } = self;
        let (line, channels) = (spec.width * spec.channels, spec.channels);
        let (floor, zero) = (simd.splat(floor), simd.splat(0.0));
        dx.fill(0.0);
        for window in windows(spec, n) {
            let (x, dx) = (&x[window.picture.clone()], &mut dx[window.picture]);
            let (y, dy) = (&y[window.results.clone()], &dy[window.results]);
            sweep!(simd: channels, |at, lanes| {
                // SAFETY: rows, columns and channels are those of the pictures `x` and `dx`; `y` and `dy` hold the
                // channels.
                unsafe {
                    let y = lanes.load(simd, y.as_ptr().add(at));
                    // The gradient that no position has taken yet.
                    let rest = lanes.load(simd, dy.as_ptr().add(at));
                    let mut rest = simd.select(simd.greater_equal(floor, y), zero, rest);
                    let mut last = window.rows.start * line + window.columns.start * channels + at;
                    for row in window.rows.clone() {
                        for column in window.columns.clone() {
                            last = row * line + column * channels + at;
                            let here = simd.equal(lanes.load(simd, x.as_ptr().add(last)), y);
                            let to = dx.as_mut_ptr().add(last);
                            let sum = simd.add(lanes.load(simd, to), simd.select(here, rest, zero));
                            lanes.store(simd, to, sum);
                            rest = simd.select(here, zero, rest);
                        }
                    }
                    // Not zero only under a NaN, which equals nothing.
                    let to = dx.as_mut_ptr().add(last);
                    lanes.store(simd, to, simd.add(lanes.load(simd, to), rest));
                }
            });
        }
    }
}

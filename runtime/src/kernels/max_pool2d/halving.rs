//! 2×2 windows side by side, the common case: each number is read once, each gradient written once.

use super::larger::max;
use crate::kernels::pool::Pool2d;
use crate::kernels::sweep::{Lanes, sweep};
use crate::simd::{Kernel, Simd};

/// 2×2 windows side by side.
pub(super) struct Halve<'a> {
    pub spec: &'a Pool2d,
    pub n: usize,
    pub x: &'a [f32],
    pub y: &'a mut [f32],
}

impl Kernel for Halve<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Halve { spec, n, x, y } = self;
        let (channels, [height, width]) = (spec.channels, spec.output());
        let line = spec.width * channels;
        for (row, y) in (0..n * height).zip(y.chunks_exact_mut((width * channels).max(1))) {
            let start = row / height * spec.input_len() + row % height * 2 * line;
            let x = &x[start..start + 2 * line];
            for j in 0..width {
                sweep!(simd: channels, |at, lanes| {
                    // SAFETY: column 2 j + 1 is inside the line, and both lines inside `x`; column j is inside `y`.
                    unsafe {
                        let from = x.as_ptr().add(2 * j * channels + at);
                        let top = max(simd, lanes.load(simd, from), lanes.load(simd, from.add(channels)));
                        let from = from.add(line);
                        let bottom = max(simd, lanes.load(simd, from), lanes.load(simd, from.add(channels)));
                        lanes.store(simd, y.as_mut_ptr().add(j * channels + at), max(simd, top, bottom));
                    }
                });
            }
        }
    }
}

/// 2×2 windows side by side: each gradient is written once.
pub(super) struct HalveBackward<'a> {
    pub spec: &'a Pool2d,
    pub n: usize,
    pub x: &'a [f32],
    pub y: &'a [f32],
    pub dy: &'a [f32],
    pub floor: f32,
    pub dx: &'a mut [f32],
}

impl Kernel for HalveBackward<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let HalveBackward {
            spec,
            n,
            x,
            y,
            dy,
            floor,
            dx,
        } = self;
        let (channels, [height, width]) = (spec.channels, spec.output());
        let floor = simd.splat(floor);
        let (line, out_line) = (spec.width * channels, width * channels);
        let zero = simd.splat(0.0);
        for example in 0..n {
            for i in 0..height {
                let start = example * spec.input_len() + i * 2 * line;
                let (x, dx) = (
                    &x[start..start + 2 * line],
                    &mut dx[start..start + 2 * line],
                );
                let start = (example * height + i) * out_line;
                let (y, dy) = (&y[start..start + out_line], &dy[start..start + out_line]);
                for j in 0..width {
                    sweep!(simd: channels, |at, lanes| {
                        // SAFETY: column 2 j + 1 is inside the line, and both lines inside `x` and `dx`; column j is
                        // inside `y` and `dy`.
                        unsafe {
                            let place = 2 * j * channels + at;
                            let y = lanes.load(simd, y.as_ptr().add(j * channels + at));
                            let rest = lanes.load(simd, dy.as_ptr().add(j * channels + at));
                            let mut rest = simd.select(simd.greater_equal(floor, y), zero, rest);
                            let (from, to) = (x.as_ptr().add(place), dx.as_mut_ptr().add(place));
                            for offset in [0, channels, line] {
                                let here = simd.equal(lanes.load(simd, from.add(offset)), y);
                                lanes.store(simd, to.add(offset), simd.select(here, rest, zero));
                                rest = simd.select(here, zero, rest);
                            }
                            lanes.store(simd, to.add(line + channels), rest);
                        }
                    });
                }
                // An odd last column is in no window.
                dx[..line][2 * out_line..].fill(0.0);
                dx[line..][2 * out_line..].fill(0.0);
            }
            // Nor is an odd last row.
            dx[example * spec.input_len()..][..spec.input_len()][height * 2 * line..].fill(0.0);
        }
    }
}

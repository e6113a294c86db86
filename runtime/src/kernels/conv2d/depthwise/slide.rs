//! The window slid over a picture, forward and for the gradient of the input.

use std::ops::Range;

use super::{Window, around};
use crate::kernels::conv2d::sweep::Sweep;
use crate::kernels::sweep::{All, First, Lanes};
use crate::simd::{Kernel, Simd};

pub(super) struct Slide<'a> {
    pub window: Window<'a>,
    pub sweep: Sweep,
    pub source: &'a [f32],
    pub result: &'a mut [f32],
}

/// Pixels of a row that share each load of the weights: eight where three weights leave them registers, else four.
const MOST_PIXELS: usize = 8;
const PIXELS: usize = 4;

/// Vectors of channels side by side in a pixel whose window reaches beyond the picture.
const VECTORS: usize = 4;

impl Kernel for Slide<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self {
            window,
            sweep,
            source,
            result,
        } = self;
        let Sweep {
            extents: [pictures, rows, pixels],
            source: from,
            result: to,
            vertical,
        } = sweep;
        let horizontal = window.horizontal;
        let inside = horizontal.inside(pixels);
        let result = result.as_mut_ptr();
        for picture in 0..pictures {
            for row in 0..rows {
                let down = vertical.taps(row);
                let at = |pixel: usize| {
                    let across = horizontal.taps(pixel);
                    let mut x = source.as_ptr().wrapping_add(picture * from[0]);
                    if !down.is_empty() && !across.is_empty() {
                        x = x.wrapping_add(vertical.position(row, down.start) * from[1]);
                        x = x.wrapping_add(
                            horizontal.position(pixel, across.start) * window.channels,
                        );
                    }
                    let y = picture * to[0] + row * to[1] + pixel * to[2];
                    Pixels {
                        window: &window,
                        down: down.clone(),
                        across,
                        x,
                        x_tap: [
                            vertical.dilation * from[1],
                            horizontal.dilation * window.channels,
                        ],
                        x_pixel: horizontal.stride * window.channels,
                        y: result.wrapping_add(y),
                        y_pixel: to[2],
                    }
                };
                // SAFETY: `Window::run` has compared the last pixel of the last picture, and the last result, with the
                // lengths. The taps are those that `Axis` finds in the picture; between `inside.start` and `inside.end`
                // all taps of every window are there. `result` comes from a slice that is borrowed for writing.
                unsafe {
                    for pixel in around(0..pixels, &inside) {
                        at(pixel).at_border(simd);
                    }
                    let mut pixel = inside.start;
                    while pixel < inside.end {
                        pixel += at(pixel).inside(simd, inside.end - pixel);
                    }
                }
            }
        }
    }
}

/// Neighbouring pixels whose windows have the same taps in the picture.
struct Pixels<'a> {
    window: &'a Window<'a>,
    /// Those taps.
    down: Range<usize>,
    across: Range<usize>,
    /// The first of them, of the first pixel.
    x: *const f32,
    /// Distances of taps and pixels in the source, of pixels in the result.
    x_tap: [usize; 2],
    x_pixel: usize,
    y: *mut f32,
    y_pixel: usize,
}

impl Pixels<'_> {
    /// The next of `left` pixels whose windows have all their columns; returns how many.
    ///
    /// # Safety
    /// The taps of these windows must be readable, their results readable and writable, and the weight as long as
    /// `Window::run` asks for.
    #[inline(always)]
    unsafe fn inside<S: Simd>(&self, simd: S, left: usize) -> usize {
        let horizontal = &self.window.horizontal;
        // SAFETY: the caller's promise; where the dilation is 1 the columns of a window are neighbours.
        unsafe {
            match (horizontal.taps, horizontal.stride, horizontal.dilation) {
                (3, 1, 1) if left >= MOST_PIXELS => self.run::<S, MOST_PIXELS, 3, 1>(simd),
                (3, 2, 1) if left >= MOST_PIXELS => self.run::<S, MOST_PIXELS, 3, 2>(simd),
                _ if left >= PIXELS => self.of_width::<S, PIXELS>(simd),
                _ => self.of_width::<S, 1>(simd),
            }
        }
    }

    /// `P` pixels, by how their windows lie; returns `P`.
    ///
    /// # Safety
    /// As [`Pixels::inside`].
    #[inline(always)]
    unsafe fn of_width<S: Simd, const P: usize>(&self, simd: S) -> usize {
        let horizontal = &self.window.horizontal;
        // SAFETY: the caller's promise; where the dilation is 1 the columns of a window are neighbours.
        unsafe {
            match (horizontal.taps, horizontal.stride, horizontal.dilation) {
                (1, 1, _) => self.run::<S, P, 1, 1>(simd),
                (2, 1, 1) => self.run::<S, P, 2, 1>(simd),
                (3, 1, 1) => self.run::<S, P, 3, 1>(simd),
                (3, 2, 1) => self.run::<S, P, 3, 2>(simd),
                (5, 1, 1) => self.run::<S, P, 5, 1>(simd),
                (7, 1, 1) => self.run::<S, P, 7, 1>(simd),
                _ => self.any::<S, P>(simd, 0),
            }
        }
    }

    /// All channels of `P` pixels with windows of `T` neighbouring columns, `D` columns apart: the weights of a row of the window
    /// stay in registers, and each number is loaded once for all windows that it lies in. Returns `P`.
    ///
    /// # Safety
    /// As [`Pixels::inside`].
    #[inline(always)]
    unsafe fn run<S: Simd, const P: usize, const T: usize, const D: usize>(
        &self,
        simd: S,
    ) -> usize {
        let (window, channels) = (self.window, self.window.channels);
        let whole = channels - channels % S::LANES;
        for channel in (0..whole).step_by(S::LANES) {
            // SAFETY: the caller's promise; only channels that are there are touched.
            unsafe {
                let mut sums = [self.start(simd, channel, All); P];
                let mut row = self.x.add(channel);
                let first = self.down.start * T * channels + channel;
                let mut weight = window.weight.as_ptr().wrapping_add(first);
                for _ in self.down.clone() {
                    let mut weights = [simd.splat(0.0); T];
                    for value in &mut weights {
                        *value = simd.load_at(weight);
                        weight = weight.wrapping_add(channels);
                    }
                    let mut at = row;
                    for column in 0..(P - 1) * D + T {
                        let x = simd.load_at(at);
                        for (pixel, sum) in sums.iter_mut().enumerate() {
                            if (pixel * D..pixel * D + T).contains(&column) {
                                *sum = simd.fma(x, weights[column - pixel * D], *sum);
                            }
                        }
                        at = at.wrapping_add(channels);
                    }
                    row = row.wrapping_add(self.x_tap[0]);
                }
                self.finish(simd, channel, All, sums);
            }
        }
        // SAFETY: the caller's promise.
        unsafe { self.any::<S, P>(simd, whole) }
    }

    /// The channels from `first` on of `P` pixels with windows of any width. Returns `P`.
    ///
    /// # Safety
    /// As [`Pixels::inside`].
    #[inline(always)]
    unsafe fn any<S: Simd, const P: usize>(&self, simd: S, first: usize) -> usize {
        let (window, channels) = (self.window, self.window.channels);
        let taps = window.horizontal.taps;
        for channel in (first..channels).step_by(S::LANES) {
            let lanes = First(S::LANES.min(channels - channel));
            // SAFETY: the caller's promise; only channels that are there are touched.
            unsafe {
                let mut sums = [self.start(simd, channel, lanes); P];
                for row in self.down.clone() {
                    let x = self
                        .x
                        .add((row - self.down.start) * self.x_tap[0] + channel);
                    for tap in 0..taps {
                        let weight = (row * taps + tap) * channels + channel;
                        let weight = lanes.load(simd, window.weight.as_ptr().add(weight));
                        let x = x.add(tap * self.x_tap[1]);
                        for (pixel, sum) in sums.iter_mut().enumerate() {
                            let x = lanes.load(simd, x.add(pixel * self.x_pixel));
                            *sum = simd.fma(x, weight, *sum);
                        }
                    }
                }
                self.finish(simd, channel, lanes, sums);
            }
        }
        P
    }

    /// One pixel whose window reaches beyond the picture: several vectors of channels at once.
    ///
    /// # Safety
    /// As [`Pixels::inside`].
    #[inline(always)]
    unsafe fn at_border<S: Simd>(&self, simd: S) {
        let (window, channels) = (self.window, self.window.channels);
        let mut channel = 0;
        // SAFETY: the caller's promise; only channels that are there are touched.
        unsafe {
            while channel < channels {
                let taps = self.down.clone().flat_map(|row| {
                    let columns = self.across.clone();
                    columns.map(move |column| (row, column))
                });
                let taps = taps.map(|(row, column)| {
                    let [down, across] = [row - self.down.start, column - self.across.start];
                    let x = down * self.x_tap[0] + across * self.x_tap[1] + channel;
                    let weight = (row * window.horizontal.taps + column) * channels + channel;
                    (self.x.add(x), window.weight.as_ptr().add(weight))
                });
                if channel + VECTORS * S::LANES <= channels {
                    let lanes = All;
                    let mut sums = [simd.splat(0.0); VECTORS];
                    for (v, sum) in sums.iter_mut().enumerate() {
                        *sum = self.start(simd, channel + v * S::LANES, lanes);
                    }
                    for (x, weight) in taps {
                        for (v, sum) in sums.iter_mut().enumerate() {
                            let weight = lanes.load(simd, weight.add(v * S::LANES));
                            let x = lanes.load(simd, x.add(v * S::LANES));
                            *sum = simd.fma(x, weight, *sum);
                        }
                    }
                    for (v, sum) in sums.into_iter().enumerate() {
                        self.finish(simd, channel + v * S::LANES, lanes, [sum]);
                    }
                    channel += VECTORS * S::LANES;
                } else {
                    let lanes = First(S::LANES.min(channels - channel));
                    let mut sum = self.start(simd, channel, lanes);
                    for (x, weight) in taps {
                        let (x, weight) = (lanes.load(simd, x), lanes.load(simd, weight));
                        sum = simd.fma(x, weight, sum);
                    }
                    self.finish(simd, channel, lanes, [sum]);
                    channel += S::LANES;
                }
            }
        }
    }

    /// What the sums of these channels start from.
    ///
    /// # Safety
    /// The lanes must be channels.
    #[inline(always)]
    unsafe fn start<S: Simd, L: Lanes>(&self, simd: S, channel: usize, lanes: L) -> S::F {
        match self.window.bias {
            // SAFETY: the caller's promise.
            Some(bias) => unsafe { lanes.load(simd, bias.as_ptr().add(channel)) },
            None => simd.splat(0.0),
        }
    }

    /// Writes the sums of `P` pixels.
    ///
    /// # Safety
    /// The results must be readable and writable, and the lanes channels.
    #[inline(always)]
    unsafe fn finish<S: Simd, L: Lanes, const P: usize>(
        &self,
        simd: S,
        channel: usize,
        lanes: L,
        sums: [S::F; P],
    ) {
        let finish = self.window.finish;
        let [least, greatest] = finish.bounds.map(|bound| simd.splat(bound));
        for (pixel, sum) in sums.into_iter().enumerate() {
            // SAFETY: the caller's promise.
            unsafe {
                let y = self.y.add(pixel * self.y_pixel + channel);
                let value = match finish.add {
                    true => simd.add(lanes.load(simd, y), sum),
                    false => sum,
                };
                lanes.store(simd, y, simd.min(greatest, simd.max(least, value)));
            }
        }
    }
}

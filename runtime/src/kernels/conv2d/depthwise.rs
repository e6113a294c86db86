//! The depthwise convolution: no sum over channels, so the vectors lie along them.
//!
//! It reads its input a few times only, so nothing is copied: taps beyond the border are left out, pixel by pixel.

use crate::kernels::length::{check_len, product};
use std::ops::Range;

use super::Conv2d;
use super::axis::Axis;
use super::sweep::Sweep;
use crate::kernels::tile::Finish;
use crate::simd::{Kernel, Simd, dispatch};

/// A window of taps for every channel.
#[derive(Clone, Copy)]
pub(super) struct Window<'a> {
    pub channels: usize,
    /// The windows along a row of the picture.
    pub horizontal: Axis,
    /// `[tap row][tap column][channel]`
    pub weight: &'a [f32],
    pub bias: Option<&'a [f32]>,
    pub finish: Finish,
}

impl Window<'_> {
    /// Slides the window over `source`.
    pub fn run(self, sweep: Sweep, source: &[f32], result: &mut [f32]) {
        let Sweep {
            extents: [pictures, rows, pixels],
            source: from,
            result: to,
            vertical,
        } = sweep;
        if pictures == 0 || rows == 0 || pixels == 0 {
            return;
        }
        let end = (pictures - 1) * from[0]
            + (vertical.size - 1) * from[1]
            + self.horizontal.size * self.channels;
        assert!(end <= source.len(), "depthwise: the source is too short");
        let end =
            (pictures - 1) * to[0] + (rows - 1) * to[1] + (pixels - 1) * to[2] + self.channels;
        assert!(end <= result.len(), "depthwise: the result is too short");
        let taps = vertical.taps * self.horizontal.taps;
        check_len(
            self.weight.len(),
            product([taps, self.channels]),
            "depthwise: length of the weight",
        );
        if let Some(bias) = self.bias {
            check_len(bias.len(), self.channels, "depthwise: length of the bias");
        }
        dispatch(Slide {
            window: self,
            sweep,
            source,
            result,
        });
    }
}

struct Slide<'a> {
    window: Window<'a>,
    sweep: Sweep,
    source: &'a [f32],
    result: &'a mut [f32],
}

/// Pixels of a row that share each load of the weights.
const PIXELS: usize = 6;

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
        let inside = window.horizontal.inside(pixels);
        for picture in 0..pictures {
            for row in 0..rows {
                let down = vertical.taps(row);
                let mut pixel = 0;
                while pixel < pixels {
                    let across = window.horizontal.taps(pixel);
                    let mut x = source.as_ptr().wrapping_add(picture * from[0]);
                    if !down.is_empty() && !across.is_empty() {
                        x = x.wrapping_add(vertical.position(row, down.start) * from[1]);
                        x = x.wrapping_add(
                            window.horizontal.position(pixel, across.start) * window.channels,
                        );
                    }
                    let pixels = Pixels {
                        down: down.clone(),
                        across,
                        x,
                        x_tap: [
                            vertical.dilation * from[1],
                            window.horizontal.dilation * window.channels,
                        ],
                        x_pixel: window.horizontal.stride * window.channels,
                        y: result
                            .as_mut_ptr()
                            .wrapping_add(picture * to[0] + row * to[1] + pixel * to[2]),
                        y_pixel: to[2],
                    };
                    // SAFETY: `Window::run` has compared the last pixel of the last picture, and the last result, with the
                    // lengths. The taps are those that `Axis` finds in the picture; between `inside.start` and `inside.end`
                    // all taps of every window are there.
                    unsafe {
                        if inside.start <= pixel && pixel + PIXELS <= inside.end {
                            pixels.run::<S, PIXELS>(simd, &window);
                            pixel += PIXELS;
                        } else {
                            pixels.run::<S, 1>(simd, &window);
                            pixel += 1;
                        }
                    }
                }
            }
        }
    }
}

/// Neighbouring pixels whose windows have the same taps in the picture.
struct Pixels {
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

impl Pixels {
    /// All channels of `P` pixels.
    ///
    /// # Safety
    /// The taps of all `P` windows must be readable, their results readable and writable, and `w.weight` as long as
    /// `Window::run` asks for.
    #[inline(always)]
    unsafe fn run<S: Simd, const P: usize>(&self, simd: S, w: &Window<'_>) {
        let mut channel = 0;
        while channel < w.channels {
            let lanes = S::LANES.min(w.channels - channel);
            let start = match w.bias {
                Some(bias) => simd.load_partial(&bias[channel..channel + lanes]),
                None => simd.splat(0.0),
            };
            let mut sums = [start; P];
            let [least, greatest] = w.finish.bounds.map(|bound| simd.splat(bound));
            // SAFETY: the caller's promise; only `lanes` channels are touched.
            unsafe {
                for row in self.down.clone() {
                    for column in self.across.clone() {
                        let tap = row * w.horizontal.taps + column;
                        let weight = load(
                            simd,
                            w.weight.as_ptr().add(tap * w.channels + channel),
                            lanes,
                        );
                        let [down, across] = [row - self.down.start, column - self.across.start];
                        let x = self
                            .x
                            .add(down * self.x_tap[0] + across * self.x_tap[1] + channel);
                        for (pixel, sum) in sums.iter_mut().enumerate() {
                            *sum = simd.fma(
                                load(simd, x.add(pixel * self.x_pixel), lanes),
                                weight,
                                *sum,
                            );
                        }
                    }
                }
                for (pixel, sum) in sums.into_iter().enumerate() {
                    let y = self.y.add(pixel * self.y_pixel + channel);
                    let value = match w.finish.add {
                        true => simd.add(load(simd, y, lanes), sum),
                        false => sum,
                    };
                    store(simd, y, lanes, simd.min(greatest, simd.max(least, value)));
                }
            }
            channel += lanes;
        }
    }
}

/// The first `lanes` numbers at `from`.
///
/// # Safety
/// They must be readable.
#[inline(always)]
unsafe fn load<S: Simd>(simd: S, from: *const f32, lanes: usize) -> S::F {
    // SAFETY: the caller's promise.
    unsafe {
        if lanes == S::LANES {
            simd.load_at(from)
        } else {
            simd.load_first_at(from, lanes)
        }
    }
}

/// Writes the first `lanes` lanes to `to`.
///
/// # Safety
/// They must be writable.
#[inline(always)]
unsafe fn store<S: Simd>(simd: S, to: *mut f32, lanes: usize, x: S::F) {
    // SAFETY: the caller's promise.
    unsafe {
        if lanes == S::LANES {
            simd.store_at(to, x)
        } else {
            simd.store_first_at(to, lanes, x)
        }
    }
}

/// Adds the weight's gradient of `n` pictures.
pub(in crate::kernels) fn backward_weight(
    spec: &Conv2d,
    n: usize,
    x: &[f32],
    dy: &[f32],
    dweight: &mut [f32],
) {
    check_len(
        x.len(),
        product([n, spec.input_len()]),
        "depthwise: length of the input",
    );
    check_len(
        dy.len(),
        product([n, spec.output_len()]),
        "depthwise: length of the output's gradient",
    );
    check_len(
        dweight.len(),
        spec.weight_len(),
        "depthwise: length of the weight's gradient",
    );
    dispatch(BackwardWeight {
        spec,
        n,
        x,
        dy,
        dweight,
    });
}

struct BackwardWeight<'a> {
    spec: &'a Conv2d,
    n: usize,
    x: &'a [f32],
    dy: &'a [f32],
    dweight: &'a mut [f32],
}

impl Kernel for BackwardWeight<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        for kernel_row in 0..self.spec.kernel[0] {
            let mut tap = 0;
            while tap < self.spec.kernel[1] {
                let taps = match self.spec.kernel[1] - tap {
                    few @ (1 | 2 | 4) => few,
                    _ => 3,
                };
                // SAFETY: the lengths were compared in `backward_weight`, and the taps lie in the kernel.
                unsafe {
                    match taps {
                        1 => self.taps::<S, 1>(simd, kernel_row, tap),
                        2 => self.taps::<S, 2>(simd, kernel_row, tap),
                        3 => self.taps::<S, 3>(simd, kernel_row, tap),
                        _ => self.taps::<S, 4>(simd, kernel_row, tap),
                    }
                }
                tap += taps;
            }
        }
    }
}

impl BackwardWeight<'_> {
    /// The gradient of `T` neighbouring taps of one kernel row, for all channels.
    ///
    /// # Safety
    /// Slices must have the lengths that [`backward_weight`] checks, and the taps must lie in the kernel.
    #[inline(always)]
    unsafe fn taps<S: Simd, const T: usize>(
        &mut self,
        simd: S,
        kernel_row: usize,
        first_tap: usize,
    ) {
        let spec = self.spec;
        let channels = spec.channels;
        let [rows, columns] = spec.output();
        let (down, across) = (spec.axis(0), spec.axis(1));
        let windows_down = down.windows(kernel_row, rows);
        // Pixels that have the first and the last of the taps have those between.
        let inside = across.windows(first_tap, columns).start
            ..across.windows(first_tap + T - 1, columns).end;
        let step = spec.stride[1] * channels;
        let mut channel = 0;
        while channel < channels {
            let lanes = S::LANES.min(channels - channel);
            let mut sums = [simd.splat(0.0); T];
            // A second set, so that additions need not wait for each other.
            let mut others = [simd.splat(0.0); T];
            // SAFETY: the caller's promise; only `lanes` channels of taps in the picture are touched.
            unsafe {
                for picture in 0..self.n {
                    for row in windows_down.clone() {
                        let x = (picture * spec.height + down.position(row, kernel_row))
                            * spec.width
                            * channels;
                        let x = self.x.as_ptr().add(x + channel);
                        let dy = self
                            .dy
                            .as_ptr()
                            .add((picture * rows + row) * columns * channels + channel);
                        let mut column = 0;
                        while column < columns {
                            let d = load(simd, dy.add(column * channels), lanes);
                            if !inside.contains(&column) {
                                for (tap, sum) in sums.iter_mut().enumerate() {
                                    let tap = first_tap + tap;
                                    if across.taps(column).contains(&tap) {
                                        let value = load(
                                            simd,
                                            x.add(across.position(column, tap) * channels),
                                            lanes,
                                        );
                                        *sum = simd.fma(value, d, *sum);
                                    }
                                }
                                column += 1;
                                continue;
                            }
                            let x = x.add(across.position(column, first_tap) * channels);
                            for (tap, sum) in sums.iter_mut().enumerate() {
                                let value =
                                    load(simd, x.add(tap * spec.dilation[1] * channels), lanes);
                                *sum = simd.fma(value, d, *sum);
                            }
                            column += 1;
                            if !inside.contains(&column) {
                                continue;
                            }
                            let d = load(simd, dy.add(column * channels), lanes);
                            for (tap, sum) in others.iter_mut().enumerate() {
                                let value = load(
                                    simd,
                                    x.add(step + tap * spec.dilation[1] * channels),
                                    lanes,
                                );
                                *sum = simd.fma(value, d, *sum);
                            }
                            column += 1;
                        }
                    }
                }
                for (tap, (sum, other)) in sums.into_iter().zip(others).enumerate() {
                    let at = (kernel_row * spec.kernel[1] + first_tap + tap) * channels + channel;
                    let to = self.dweight.as_mut_ptr().add(at);
                    store(
                        simd,
                        to,
                        lanes,
                        simd.add(load(simd, to, lanes), simd.add(sum, other)),
                    );
                }
            }
            channel += lanes;
        }
    }
}

//! The depthwise convolution: no sum over channels, so the vectors lie along them.

use super::Conv2d;
use super::sweep::Sweep;
use crate::kernels::tile::Finish;
use crate::simd::{Kernel, Simd, dispatch};

/// A window of taps for every channel.
#[derive(Clone, Copy)]
pub(super) struct Window<'a> {
    pub channels: usize,
    /// Rows and columns of taps.
    pub taps: [usize; 2],
    /// Distances of the taps in the source.
    pub source: [usize; 2],
    /// `[tap row][tap column][channel]`
    pub weight: &'a [f32],
    pub bias: Option<&'a [f32]>,
    pub finish: Finish,
}

impl Window<'_> {
    /// Slides the window over `source`.
    pub fn run(self, sweep: Sweep, source: &[f32], result: &mut [f32]) {
        let Sweep {
            extents,
            source: from,
            result: to,
        } = sweep;
        if extents.contains(&0) {
            return;
        }
        let farthest = |strides: [usize; 3]| -> usize {
            (0..3)
                .map(|level| (extents[level] - 1) * strides[level])
                .sum()
        };
        if !self.taps.contains(&0) {
            let window = (self.taps[0] - 1) * self.source[0] + (self.taps[1] - 1) * self.source[1];
            assert!(
                farthest(from) + window + self.channels <= source.len(),
                "depthwise: the source is too short"
            );
        }
        assert!(
            farthest(to) + self.channels <= result.len(),
            "depthwise: the result is too short"
        );
        assert_eq!(
            self.weight.len(),
            self.taps[0] * self.taps[1] * self.channels,
            "depthwise: length of the weight"
        );
        dispatch(Slide {
            window: self,
            sweep,
            source,
            result,
        });
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

/// Pixels of a row that share each load of the weights.
const PIXELS: usize = 6;

struct Slide<'a> {
    window: Window<'a>,
    sweep: Sweep,
    source: &'a [f32],
    result: &'a mut [f32],
}

impl Kernel for Slide<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self {
            window,
            sweep:
                Sweep {
                    extents,
                    source: from,
                    result: to,
                },
            source,
            result,
        } = self;
        for picture in 0..extents[0] {
            for row in 0..extents[1] {
                let source = &source[picture * from[0] + row * from[1]..];
                let result = &mut result[picture * to[0] + row * to[1]..];
                let mut pixel = 0;
                while pixel < extents[2] {
                    let x = source.as_ptr().wrapping_add(pixel * from[2]);
                    let y = result.as_mut_ptr().wrapping_add(pixel * to[2]);
                    // SAFETY: `Window::run` has compared the farthest window and result with the lengths.
                    unsafe {
                        if pixel + PIXELS <= extents[2] {
                            pixels::<S, PIXELS>(simd, &window, x, from[2], y, to[2]);
                            pixel += PIXELS;
                        } else {
                            pixels::<S, 1>(simd, &window, x, from[2], y, to[2]);
                            pixel += 1;
                        }
                    }
                }
            }
        }
    }
}

/// All channels of `P` pixels that are `from` apart in the source and `to` in the result.
///
/// # Safety
/// The windows and results must be there.
#[inline(always)]
unsafe fn pixels<S: Simd, const P: usize>(
    simd: S,
    w: &Window<'_>,
    x: *const f32,
    from: usize,
    y: *mut f32,
    to: usize,
) {
    let mut channel = 0;
    while channel < w.channels {
        let lanes = S::LANES.min(w.channels - channel);
        // SAFETY: the caller's promise; only `lanes` channels are touched.
        unsafe {
            let start = match w.bias {
                Some(bias) => simd.load_partial(&bias[channel..channel + lanes]),
                None => simd.splat(0.0),
            };
            let mut sums = [start; P];
            for row in 0..w.taps[0] {
                for column in 0..w.taps[1] {
                    let weight = load(
                        simd,
                        w.weight
                            .as_ptr()
                            .add((row * w.taps[1] + column) * w.channels + channel),
                        lanes,
                    );
                    let x = x.add(row * w.source[0] + column * w.source[1] + channel);
                    for (pixel, sum) in sums.iter_mut().enumerate() {
                        *sum = simd.fma(load(simd, x.add(pixel * from), lanes), weight, *sum);
                    }
                }
            }
            for (pixel, sum) in sums.into_iter().enumerate() {
                let y = y.add(pixel * to + channel);
                let value = match w.finish {
                    Finish::Set => sum,
                    Finish::Add => simd.add(load(simd, y, lanes), sum),
                    Finish::Relu => simd.max(simd.splat(0.0), sum),
                    Finish::Relu6 => simd.min(simd.splat(6.0), simd.max(simd.splat(0.0), sum)),
                };
                if lanes == S::LANES {
                    simd.store_at(y, value);
                } else {
                    simd.store_first_at(y, lanes, value);
                }
            }
        }
        channel += lanes;
    }
}

/// Adds the weight's gradient of `n` pictures that have their padding already.
pub(in crate::kernels) fn backward_weight(
    spec: &Conv2d,
    n: usize,
    x: &[f32],
    dy: &[f32],
    dweight: &mut [f32],
) {
    assert!(
        x.len() >= n * spec.padded_len(),
        "depthwise: length of the input"
    );
    assert_eq!(
        dy.len(),
        n * spec.output_len(),
        "depthwise: length of the output's gradient"
    );
    assert_eq!(
        dweight.len(),
        spec.weight_len(),
        "depthwise: length of the weight's gradient"
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
                // SAFETY: the lengths were compared in `backward_weight`, and the taps lie in the kernel.
                unsafe {
                    match self.spec.kernel[1] - tap {
                        1 => taps::<S, 1>(simd, &mut self, kernel_row, tap),
                        2 => taps::<S, 2>(simd, &mut self, kernel_row, tap),
                        4 => taps::<S, 4>(simd, &mut self, kernel_row, tap),
                        _ => taps::<S, 3>(simd, &mut self, kernel_row, tap),
                    }
                }
                tap += match self.spec.kernel[1] - tap {
                    few @ (1 | 2 | 4) => few,
                    _ => 3,
                };
            }
        }
    }
}

/// The gradient of `T` neighbouring taps of one kernel row, for all channels.
///
/// # Safety
/// Slices must have the lengths that [`backward_weight`] checks, and the taps must lie in the kernel.
#[inline(always)]
unsafe fn taps<S: Simd, const T: usize>(
    simd: S,
    work: &mut BackwardWeight<'_>,
    kernel_row: usize,
    first_tap: usize,
) {
    let spec = work.spec;
    let channels = spec.channels;
    let row_len = spec.padded()[1] * channels;
    let [rows, columns] = spec.output();
    let mut channel = 0;
    while channel < channels {
        let lanes = S::LANES.min(channels - channel);
        // SAFETY: the caller's promise; only `lanes` channels are touched.
        unsafe {
            // Two sums per tap, so that additions need not wait for each other.
            let mut sums = [[simd.splat(0.0); 2]; T];
            for picture in 0..work.n {
                for row in 0..rows {
                    let x = (row * spec.stride[0] + kernel_row * spec.dilation[0]) * row_len
                        + first_tap * spec.dilation[1] * channels
                        + channel;
                    let x = work.x.as_ptr().add(picture * spec.padded_len() + x);
                    let dy = work
                        .dy
                        .as_ptr()
                        .add((picture * rows + row) * columns * channels + channel);
                    for column in 0..columns {
                        let d = load(simd, dy.add(column * channels), lanes);
                        for (tap, sums) in sums.iter_mut().enumerate() {
                            let at = column * spec.stride[1] + tap * spec.dilation[1];
                            let value = load(simd, x.add(at * channels), lanes);
                            if column % 2 == 0 {
                                sums[0] = simd.fma(value, d, sums[0]);
                            } else {
                                sums[1] = simd.fma(value, d, sums[1]);
                            }
                        }
                    }
                }
            }
            for (tap, sums) in sums.into_iter().enumerate() {
                let at = (kernel_row * spec.kernel[1] + first_tap + tap) * channels + channel;
                let to = work.dweight.as_mut_ptr().add(at);
                let value = simd.add(load(simd, to, lanes), simd.add(sums[0], sums[1]));
                simd.store_first_at(to, lanes, value);
            }
        }
        channel += lanes;
    }
}

//! The gradient of a depthwise weight.

use std::ops::Range;

use super::around;
use crate::kernels::conv2d::Conv2d;
use crate::kernels::length::{check_len, product};
use crate::kernels::sweep::{Lanes, sweep};
use crate::simd::{Kernel, Simd, dispatch};

/// Columns of pixels whose products are added up in registers before they join the weight's gradient: few enough for what a vector
/// of their channels lies in to stay in the first cache for the next.
const COLUMNS: usize = 32;

/// Adds the weight's gradient of `n` pictures, for some rows of the kernel.
pub(in crate::kernels) fn backward_weight(
    spec: &Conv2d,
    n: usize,
    x: &[f32],
    dy: &[f32],
    rows: Range<usize>,
    dweight: &mut [f32],
) {
    assert!(rows.end <= spec.kernel[0], "depthwise: rows of the kernel");
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
        product([rows.len(), spec.kernel[1], spec.channels]),
        "depthwise: length of the weight's gradient",
    );
    dispatch(BackwardWeight {
        spec,
        n,
        x,
        dy,
        rows,
        dweight,
    });
}

struct BackwardWeight<'a> {
    spec: &'a Conv2d,
    n: usize,
    x: &'a [f32],
    dy: &'a [f32],
    /// Those of the kernel whose gradient it is.
    rows: Range<usize>,
    dweight: &'a mut [f32],
}

/// A row of output pixels with neighbouring taps that all have their row in the picture.
struct Row {
    picture: usize,
    row: usize,
    /// The first of these taps' rows and columns in the kernel.
    tap: [usize; 2],
}

impl Kernel for BackwardWeight<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        let spec = self.spec;
        for picture in 0..self.n {
            for row in 0..spec.output()[0] {
                let taps = spec.axis(0).taps(row);
                let mut down = taps.start.max(self.rows.start)..taps.end.min(self.rows.end);
                while !down.is_empty() {
                    let rows = down.len().min(3);
                    let mut column = 0;
                    while column < spec.kernel[1] {
                        let columns = match spec.kernel[1] - column {
                            few @ (1 | 2 | 4) => few,
                            _ => 3,
                        };
                        let of = Row {
                            picture,
                            row,
                            tap: [down.start, column],
                        };
                        // SAFETY: the lengths were compared in `backward_weight`; the taps lie in these rows of the kernel, and their rows
                        // in the picture.
                        unsafe {
                            match (rows, columns) {
                                (1, 1) => self.taps::<S, 1, 1>(simd, &of),
                                (1, 2) => self.taps::<S, 1, 2>(simd, &of),
                                (1, 3) => self.taps::<S, 1, 3>(simd, &of),
                                (1, _) => self.taps::<S, 1, 4>(simd, &of),
                                (2, 1) => self.taps::<S, 2, 1>(simd, &of),
                                (2, 2) => self.taps::<S, 2, 2>(simd, &of),
                                (2, 3) => self.taps::<S, 2, 3>(simd, &of),
                                (2, _) => self.taps::<S, 2, 4>(simd, &of),
                                (_, 1) => self.taps::<S, 3, 1>(simd, &of),
                                (_, 2) => self.taps::<S, 3, 2>(simd, &of),
                                (_, 3) => self.taps::<S, 3, 3>(simd, &of),
                                (_, _) => self.taps::<S, 3, 4>(simd, &of),
                            }
                        }
                        column += columns;
                    }
                    down.start += rows;
                }
            }
        }
    }
}

impl BackwardWeight<'_> {
    /// The gradient of `R` by `T` neighbouring taps from one row of pixels, for all channels.
    ///
    /// # Safety
    /// Slices must have the lengths that [`backward_weight`] checks; the taps must lie in its rows of the kernel, and their rows in the
    /// picture.
    #[inline(always)]
    unsafe fn taps<S: Simd, const R: usize, const T: usize>(&mut self, simd: S, of: &Row) {
        let spec = self.spec;
        let columns = spec.output()[1];
        let across = spec.axis(1);
        // Pixels that have the first and the last of the taps have those between.
        let inside = across.windows(of.tap[1], columns).start
            ..across.windows(of.tap[1] + T - 1, columns).end;
        // SAFETY: the caller's promise; these pixels have the taps that they are asked for.
        unsafe {
            for first in inside.clone().step_by(COLUMNS) {
                let columns = first..inside.end.min(first + COLUMNS);
                self.columns::<S, R, T>(simd, of, columns, 0);
            }
            for column in around(0..columns, &inside) {
                for tap in across.taps(column) {
                    if (of.tap[1]..of.tap[1] + T).contains(&tap) {
                        let column = column..column + 1;
                        self.columns::<S, R, 1>(simd, of, column, tap - of.tap[1]);
                    }
                }
            }
        }
    }

    /// Adds what some pixels give to `R` by `T` taps, of which the first column is `tap` behind that of the row's.
    ///
    /// # Safety
    /// As [`BackwardWeight::taps`], and all these pixels must have all these taps in the picture.
    #[inline(always)]
    unsafe fn columns<S: Simd, const R: usize, const T: usize>(
        &mut self,
        simd: S,
        of: &Row,
        columns: Range<usize>,
        tap: usize,
    ) {
        let spec = self.spec;
        let channels = spec.channels;
        let [rows, width] = spec.output();
        let (down, across) = (spec.axis(0), spec.axis(1));
        let first = [of.tap[0], of.tap[1] + tap];
        let position = (of.picture * spec.height + down.position(of.row, first[0])) * spec.width
            + across.position(columns.start, first[1]);
        let result = (of.picture * rows + of.row) * width + columns.start;
        let [x_row, x_tap] = [
            spec.dilation[0] * spec.width * channels,
            spec.dilation[1] * channels,
        ];
        let x_pixel = spec.stride[1] * channels;
        sweep!(simd: channels, |channel, lanes| {
            // SAFETY: the caller's promise; only channels that are there are touched.
            unsafe {
                let mut x = self.x.as_ptr().add(position * channels + channel);
                let mut dy = self.dy.as_ptr().add(result * channels + channel);
                let mut sums = [[simd.splat(0.0); T]; R];
                for _ in columns.clone() {
                    let d = lanes.load(simd, dy);
                    for (row, sums) in sums.iter_mut().enumerate() {
                        let x = x.add(row * x_row);
                        for (tap, sum) in sums.iter_mut().enumerate() {
                            *sum = simd.fma(lanes.load(simd, x.add(tap * x_tap)), d, *sum);
                        }
                    }
                    x = x.wrapping_add(x_pixel);
                    dy = dy.wrapping_add(channels);
                }
                let to = self.dweight.as_mut_ptr();
                for (row, sums) in sums.into_iter().enumerate() {
                    for (tap, sum) in sums.into_iter().enumerate() {
                        let at = (first[0] - self.rows.start + row) * spec.kernel[1] + first[1] + tap;
                        let to = to.add(at * channels + channel);
                        lanes.store(simd, to, simd.add(lanes.load(simd, to), sum));
                    }
                }
            }
        });
    }
}

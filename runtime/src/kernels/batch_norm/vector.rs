//! The passes of batch normalisation over rows, on vectors of channels.
//!
//! Rows are taken in blocks that stay in the L1 cache, and within a block one vector of channels at a time, so that
//! what belongs to a channel stays in registers.

use std::ops::Range;

use crate::kernels::length::{check_len, product};
use crate::kernels::sweep::{Flow, Lanes, sweep};
use crate::simd::{Kernel, Simd, dispatch};

/// Values in a block of rows: 8 KiB.
const BLOCK: usize = 2048;

/// The blocks of `rows`: first row and number of rows of each.
#[inline(always)]
pub(super) fn blocks(channels: usize, rows: usize) -> impl Iterator<Item = (usize, usize)> {
    let size = (BLOCK / channels.max(1)).max(1);
    // Rows of nothing may be more than can be counted through.
    let rows = if channels == 0 { 0 } else { rows };
    (0..rows)
        .step_by(size)
        .map(move |first| (first, size.min(rows - first)))
}

/// Runs a body for each row of `0..count`, and with it the number of the sum that the row goes to: one of four, a constant where
/// the body is unrolled, so that sums stay in registers.
macro_rules! by_fours {
    ($count:expr, |$row:ident, $sum:ident| $body:expr) => {{
        let count: usize = $count;
        for first in (0..count - count % 4).step_by(4) {
            for $sum in 0..4 {
                let $row = first + $sum;
                $body;
            }
        }
        let first = count - count % 4;
        for $sum in 0..3 {
            let $row = first + $sum;
            if $row < count {
                $body;
            }
        }
    }};
}

/// Mean and M2 of each channel of a range, block by block, each block in two passes.
pub(super) struct Statistics<'a> {
    pub(super) channels: usize,
    pub(super) rows: usize,
    pub(super) x: &'a [f32],
    pub(super) range: Range<usize>,
    /// Mean, M2.
    pub(super) partial: [&'a mut [f32]; 2],
}

impl Kernel for Statistics<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Statistics {
            channels,
            rows,
            x,
            range,
            partial: [means, m2s],
        } = self;
        assert_eq!(x.len(), product([rows, channels]));
        assert!(range.start <= range.end && range.end <= channels);
        assert!(means.len() == range.len() && m2s.len() == range.len());
        means.fill(0.0);
        m2s.fill(0.0);
        for (first, count) in blocks(channels, rows) {
            // How the block's mean and the square of its distance weigh in what was found before (Chan et al.).
            let share = count as f32 / (first + count) as f32;
            let (fraction, spread) = (simd.splat(share), simd.splat(share * first as f32));
            let inverse = simd.splat(1.0 / count as f32);
            // SAFETY: the block's rows are inside `x`, the range inside the channels, and the results are as long as it.
            unsafe {
                let x = x.as_ptr().add(first * channels + range.start);
                let (means, m2s) = (means.as_mut_ptr(), m2s.as_mut_ptr());
                sweep!(simd: range.len(), |at, lanes| {
                    let x = x.add(at);
                    let mut sums = [simd.splat(0.0); 4];
                    by_fours!(count, |row, of_four| {
                        let x = lanes.load(simd, x.add(row * channels));
                        sums[of_four] = simd.add(sums[of_four], x);
                    });
                    let mean = simd.mul(total(simd, sums), inverse);
                    let mut squares = [simd.splat(0.0); 4];
                    by_fours!(count, |row, of_four| {
                        let deviation = simd.sub(lanes.load(simd, x.add(row * channels)), mean);
                        squares[of_four] = simd.fma(deviation, deviation, squares[of_four]);
                    });
                    let (means, m2s) = (means.add(at), m2s.add(at));
                    let before = lanes.load(simd, means);
                    let distance = simd.sub(mean, before);
                    lanes.store(simd, means, simd.fma(distance, fraction, before));
                    let m2 = simd.add(lanes.load(simd, m2s), total(simd, squares));
                    lanes.store(simd, m2s, simd.fma(simd.mul(distance, distance), spread, m2));
                });
            }
        }
    }
}

/// Four sums as one.
#[inline(always)]
fn total<S: Simd>(simd: S, sums: [S::F; 4]) -> S::F {
    simd.add(simd.add(sums[0], sums[1]), simd.add(sums[2], sums[3]))
}

/// The gradient after an activation, as it is made into the one before.
pub(super) trait Through {
    /// The values at `at`, made and, if need be, put back.
    ///
    /// # Safety
    /// The lanes must be inside.
    unsafe fn load<S: Simd, L: Lanes>(&self, simd: S, at: usize, lanes: L) -> S::F;

    /// How many values there are.
    fn len(&self) -> usize;
}

/// There is no activation, or its derivative is already in.
pub(super) struct Direct<'a>(pub(super) &'a [f32]);

impl Through for Direct<'_> {
    #[inline(always)]
    unsafe fn load<S: Simd, L: Lanes>(&self, simd: S, at: usize, lanes: L) -> S::F {
        // SAFETY: the caller's promise.
        unsafe { lanes.load(simd, self.0.as_ptr().add(at)) }
    }

    #[inline(always)]
    fn len(&self) -> usize {
        self.0.len()
    }
}

/// `Relu` and `Relu6`: 0 where the output lies at a bound, put back.
pub(super) struct ThroughBounds<'a> {
    flow: Flow<'a>,
    y: &'a [f32],
    bounds: [f32; 2],
}

impl<'a> ThroughBounds<'a> {
    pub(super) fn new(y: &'a [f32], bounds: [f32; 2], d: &'a mut [f32]) -> Self {
        check_len(y.len(), d.len(), "batch_norm: length of y");
        ThroughBounds {
            flow: Flow::in_place(d),
            y,
            bounds,
        }
    }
}

impl Through for ThroughBounds<'_> {
    #[inline(always)]
    unsafe fn load<S: Simd, L: Lanes>(&self, simd: S, at: usize, lanes: L) -> S::F {
        // SAFETY: the caller's promise; both have the same length.
        unsafe {
            let y = lanes.load(simd, self.y.as_ptr().add(at));
            let d = lanes.load(simd, self.flow.from(at));
            let zero = simd.splat(0.0);
            let [least, greatest] = self.bounds.map(|bound| simd.splat(bound));
            let d = simd.select(simd.greater_equal(least, y), zero, d);
            let d = simd.select(simd.greater_equal(y, greatest), zero, d);
            lanes.store(simd, self.flow.to(at), d);
            d
        }
    }

    #[inline(always)]
    fn len(&self) -> usize {
        self.flow.len()
    }
}

/// Sums over rows of `dy` and `dy * x̂`, for the channels of a range.
pub(super) struct Products<'a, T> {
    pub(super) channels: usize,
    pub(super) rows: usize,
    pub(super) x: &'a [f32],
    pub(super) statistics: &'a [f32],
    pub(super) dy: T,
    pub(super) range: Range<usize>,
    /// Sum, sum of products.
    pub(super) partial: [&'a mut [f32]; 2],
}

impl<T: Through> Kernel for Products<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Products {
            channels,
            rows,
            x,
            statistics,
            dy,
            range,
            partial: [all_sums, all_products],
        } = self;
        assert_eq!(x.len(), product([rows, channels]));
        assert_eq!(dy.len(), product([rows, channels]));
        assert_eq!(statistics.len(), product([3, channels]));
        assert!(range.start <= range.end && range.end <= channels);
        assert!(all_sums.len() == range.len() && all_products.len() == range.len());
        all_sums.fill(0.0);
        all_products.fill(0.0);
        for (first, count) in blocks(channels, rows) {
            sweep!(simd: range.len(), |at, lanes| {
                // SAFETY: the block's rows are inside `x` and `dy`, the range inside the channels and so inside statistics, and the
                // results are as long as it.
                unsafe {
                    let channel = range.start + at;
                    let mean = lanes.load(simd, statistics.as_ptr().add(channel));
                    let inverse = lanes.load(simd, statistics.as_ptr().add(channels + channel));
                    let (mut sums, mut products) = ([simd.splat(0.0); 4], [simd.splat(0.0); 4]);
                    by_fours!(count, |row, of_four| {
                        let place = (first + row) * channels + channel;
                        let dy = dy.load(simd, place, lanes);
                        let x = simd.sub(lanes.load(simd, x.as_ptr().add(place)), mean);
                        sums[of_four] = simd.add(sums[of_four], dy);
                        products[of_four] = simd.fma(dy, x, products[of_four]);
                    });
                    let to = all_sums.as_mut_ptr().add(at);
                    lanes.store(simd, to, simd.add(lanes.load(simd, to), total(simd, sums)));
                    let to = all_products.as_mut_ptr().add(at);
                    let product = simd.fma(total(simd, products), inverse, lanes.load(simd, to));
                    lanes.store(simd, to, product);
                }
            });
        }
    }
}

/// `a * dy + b * x + c`.
pub(super) fn input_gradient(channels: usize, x: &[f32], coefficients: &[f32], flow: Flow<'_>) {
    check_len(x.len(), flow.len(), "batch_norm: length of x");
    check_len(
        coefficients.len(),
        product([3, channels]),
        "batch_norm: length of coefficients",
    );
    dispatch(InputGradient {
        channels,
        x,
        coefficients,
        flow,
    });
}

struct InputGradient<'a> {
    channels: usize,
    x: &'a [f32],
    coefficients: &'a [f32],
    flow: Flow<'a>,
}

impl Kernel for InputGradient<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let InputGradient {
            channels,
            x,
            coefficients,
            flow,
        } = self;
        let rows = flow.len() / channels.max(1);
        for (first, count) in blocks(channels, rows) {
            sweep!(simd: channels, |at, lanes| {
                // SAFETY: the block's rows are inside `x` and the flow, the channels inside the coefficients.
                unsafe {
                    let from = coefficients.as_ptr().add(at);
                    let a = lanes.load(simd, from);
                    let b = lanes.load(simd, from.add(channels));
                    let c = lanes.load(simd, from.add(2 * channels));
                    for row in first..first + count {
                        let place = row * channels + at;
                        let rest = simd.fma(b, lanes.load(simd, x.as_ptr().add(place)), c);
                        let dx = simd.fma(a, lanes.load(simd, flow.from(place)), rest);
                        lanes.store(simd, flow.to(place), dx);
                    }
                }
            });
        }
    }
}

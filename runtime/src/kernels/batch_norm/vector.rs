//! The passes of batch normalisation over rows, on vectors of channels.
//!
//! Numbers are fetched from memory in the order in which they lie, since machines foresee that: twice as fast as one vector of channels
//! down many rows. Where channels are few, some rows are close enough together for any order, and what belongs to a channel then
//! stays in registers.

use std::ops::Range;

use crate::kernels::length::{check_len, product};
use crate::kernels::row_sums::{Summed, Values, cached_blocks, strip, strips, sum_rows};
use crate::kernels::sweep::{Flow, Lanes, sweep};
use crate::simd::{Kernel, Simd, dispatch};

/// Values of rows that are close enough together for any order: 1 KiB.
pub(super) const CLOSE: usize = 256;

/// Whether some rows of so many channels are close together.
pub(super) fn is_close(channels: usize) -> bool {
    channels <= CLOSE / 4
}

/// Runs a body for each row and vector of `$len` channels, in the order in which memory is fast; what belongs to a vector is made
/// once for rows that are close together.
macro_rules! in_order {
    ($simd:ident: $len:expr, $rows:expr, |$at:ident, $lanes:ident| $own:ident = $made:expr, |$row:ident| $body:expr) => {{
        let (len, rows): (usize, usize) = ($len, $rows);
        if !$crate::kernels::batch_norm::vector::is_close(len) {
            for $row in 0..rows {
                sweep!($simd: len, |$at, $lanes| {
                    let $own = $made;
                    $body;
                });
            }
        } else {
            let close = $crate::kernels::batch_norm::vector::CLOSE;
            for (first, count) in $crate::kernels::row_sums::blocks(close, len, rows) {
                sweep!($simd: len, |$at, $lanes| {
                    let $own = $made;
                    for $row in first..first + count {
                        $body;
                    }
                });
            }
        }
    }};
}
pub(super) use in_order;

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
        let mut sums = strip();
        for strip in strips(range.len()) {
            let (start, len) = (range.start + strip.start, strip.len());
            let (means, m2s) = (&mut means[strip.clone()], &mut m2s[strip]);
            let (means, m2s) = (means.as_mut_ptr(), m2s.as_mut_ptr());
            let sums = sums.as_mut_ptr().cast::<f32>();
            for (first, count) in cached_blocks(channels, rows) {
                // How the block's mean and the square of its distance weigh in what was found before (Chan et al.).
                let share = count as f32 / (first + count) as f32;
                let (fraction, spread) = (simd.splat(share), simd.splat(share * first as f32));
                let inverse = simd.splat(1.0 / count as f32);
                // SAFETY: the block's rows are inside `x`, the strip inside the channels and no longer than the sums, and the results
                // are as long as it.
                unsafe {
                    let x = x.as_ptr().add(first * channels + start);
                    sum_rows(simd, &Values { x, channels }, count, len, [sums]);
                    // The block is in the first cache now.
                    sweep!(simd: len, |at, lanes| {
                        let x = x.add(at);
                        let mean = simd.mul(lanes.load(simd, sums.add(at)), inverse);
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

/// `dy` and `dy * (x - mean)` from a place on.
struct Terms<'a, T> {
    x: *const f32,
    dy: &'a T,
    means: *const f32,
    place: usize,
    /// Distance of rows.
    channels: usize,
}

impl<T: Through> Summed<2> for Terms<'_, T> {
    #[inline(always)]
    unsafe fn add<S: Simd, L: Lanes>(
        &self,
        simd: S,
        row: usize,
        at: usize,
        lanes: L,
        [sum, product]: &mut [S::F; 2],
    ) {
        let place = self.place + row * self.channels + at;
        // SAFETY: the caller's promise.
        unsafe {
            let dy = self.dy.load(simd, place, lanes);
            let mean = lanes.load(simd, self.means.add(at));
            let x = simd.sub(lanes.load(simd, self.x.add(place)), mean);
            *sum = simd.add(*sum, dy);
            *product = simd.fma(dy, x, *product);
        }
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
        let (mut sums, mut products) = (strip(), strip());
        for strip in strips(range.len()) {
            let (start, len) = (range.start + strip.start, strip.len());
            let (all_sums, all_products) = (&mut all_sums[strip.clone()], &mut all_products[strip]);
            let (all_sums, all_products) = (all_sums.as_mut_ptr(), all_products.as_mut_ptr());
            let sums = sums.as_mut_ptr().cast::<f32>();
            let products = products.as_mut_ptr().cast::<f32>();
            for (first, count) in cached_blocks(channels, rows) {
                // SAFETY: the block's rows are inside `x` and `dy`, the strip inside the channels, and so inside statistics, and no
                // longer than the sums; the results are as long as it.
                unsafe {
                    let means = statistics.as_ptr().add(start);
                    let inverses = means.add(channels);
                    let terms = Terms {
                        x: x.as_ptr(),
                        dy: &dy,
                        means,
                        place: first * channels + start,
                        channels,
                    };
                    sum_rows(simd, &terms, count, len, [sums, products]);
                    sweep!(simd: len, |at, lanes| {
                        let (to, sum) = (all_sums.add(at), lanes.load(simd, sums.add(at)));
                        lanes.store(simd, to, simd.add(lanes.load(simd, to), sum));
                        let (to, inverse) = (all_products.add(at), lanes.load(simd, inverses.add(at)));
                        let product = lanes.load(simd, products.add(at));
                        lanes.store(simd, to, simd.fma(product, inverse, lanes.load(simd, to)));
                    });
                }
            }
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
        // SAFETY: the rows are inside `x` and the flow, the channels inside the coefficients.
        unsafe {
            let coefficients = coefficients.as_ptr();
            in_order!(simd: channels, rows,
                |at, lanes| own = [0, channels, 2 * channels].map(|of| lanes.load(simd, coefficients.add(of + at))),
                |row| {
                    let ([a, b, c], place) = (own, row * channels + at);
                    let rest = simd.fma(b, lanes.load(simd, x.as_ptr().add(place)), c);
                    let dx = simd.fma(a, lanes.load(simd, flow.from(place)), rest);
                    lanes.store(simd, flow.to(place), dx);
                }
            );
        }
    }
}

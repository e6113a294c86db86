//! The gradient of the weight: pixels and gradients transformed, multiplied over the tiles, transformed back.

use std::ops::Range;

use super::scatter::Scatter;
use super::transform::{Gradients, Pixels, Transform, WeightGradients};
use super::{Correlation, PANEL, PLACES, SLOT, STEP, plane};
use crate::kernels::tile::{Finish, Product, tiles};
use crate::simd::{Kernel, Simd, dispatch};

/// Taps of a filter.
pub(super) const TAPS: usize = 9;

/// Adds the gradient of the weight from `n` pictures to `dweight`, in the weight's own layout.
pub(in crate::kernels::conv2d) fn backward_weight(
    correlation: Correlation,
    n: usize,
    x: &[f32],
    dy: &[f32],
    dweight: &mut [f32],
    scratch: &mut [f32],
) {
    if n == 0 {
        return;
    }
    let block = correlation.block();
    let (pixels, scratch) = scratch.split_at_mut(block * correlation.slots());
    let (gradients, sums) = scratch.split_at_mut(block * correlation.product_slots());
    for (first, count) in correlation.blocks(n) {
        scatter(
            correlation,
            [x, dy],
            first,
            count,
            [&mut *pixels, gradients],
        );
        multiply(
            correlation,
            [pixels, gradients],
            first > 0,
            count,
            0..PLACES,
            sums,
        );
    }
    let sums = &*sums;
    dispatch(Collect {
        correlation,
        sums,
        first: 0,
        dweight: taps(dweight),
    });
}

/// The gradients of the weight's taps.
pub(super) fn taps(dweight: &mut [f32]) -> [&mut [f32]; TAPS] {
    let len = dweight.len() / TAPS;
    let mut taps = dweight.chunks_exact_mut(len);
    std::array::from_fn(|_| taps.next().expect("nine taps"))
}

/// Transforms `count` tiles from tile `first` on of pixels and gradients.
pub(super) fn scatter(
    correlation: Correlation,
    [x, dy]: [&[f32]; 2],
    first: usize,
    count: usize,
    [pixels, gradients]: [&mut [f32]; 2],
) {
    let Correlation {
        channels,
        filters,
        rows,
        columns,
        ..
    } = correlation;
    dispatch(Scatter {
        correlation,
        x,
        first,
        count,
        picture: [correlation.height, correlation.width, channels],
        padding: correlation.padding,
        transform: Pixels,
        to: pixels,
    });
    dispatch(Scatter::<_, STEP> {
        correlation,
        x: dy,
        first,
        count,
        picture: [rows, columns, filters],
        padding: [0, 0],
        transform: Gradients,
        to: gradients,
    });
}

/// The sums over `count` tiles at some of the places, set or (`add`) added to; `sums` begins with the first of these places.
pub(super) fn multiply(
    correlation: Correlation,
    [pixels, gradients]: [&[f32]; 2],
    add: bool,
    count: usize,
    places: Range<usize>,
    sums: &mut [f32],
) {
    let Correlation {
        channels, filters, ..
    } = correlation;
    let plane = plane(channels, filters);
    for panel in 0..channels / PANEL {
        let product = Product {
            rows: PANEL,
            columns: filters,
            depth: [1, 1, count],
            a: &pixels[panel * SLOT + places.start * PANEL..],
            a_outer: 0,
            a_inner: 0,
            a_step: correlation.slots(),
            a_row: 1,
            b: &gradients[places.start * PANEL..],
            b_outer: 0,
            b_inner: 0,
            b_step: correlation.product_slots(),
            b_panel: SLOT,
            bias: None,
            c_row: filters,
            c_panel: PANEL,
            finish: Finish::adding(add),
        };
        let sums = &mut sums[panel * PANEL * filters..];
        product.run_each(tiles(), places.len(), [PANEL, PANEL, plane], sums);
    }
}

/// Sums at 36 places, transformed back to 9 taps and added to their gradients, from number `first` of each tap on.
pub(super) struct Collect<'a> {
    pub correlation: Correlation,
    pub sums: &'a [f32],
    pub first: usize,
    pub dweight: [&'a mut [f32]; TAPS],
}

impl Kernel for Collect<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self {
            correlation,
            sums,
            first,
            dweight,
        } = self;
        let plane = plane(correlation.channels, correlation.filters);
        let len = dweight[0].len();
        assert!(dweight.iter().all(|tap| tap.len() == len) && len.is_multiple_of(PANEL));
        assert!((PLACES - 1) * plane + first + len <= sums.len());
        for at in (0..len).step_by(S::LANES) {
            let mut half = [[simd.splat(0.0); 6]; 3];
            for k in 0..6 {
                let mut line = [simd.splat(0.0); 6];
                for (i, value) in line.iter_mut().enumerate() {
                    // SAFETY: the last place was compared with the length, which is of whole vectors.
                    *value = unsafe {
                        simd.load_at(sums.as_ptr().add((i * 6 + k) * plane + first + at))
                    };
                }
                for (half, value) in half.iter_mut().zip(WeightGradients.apply(simd, line)) {
                    half[k] = value;
                }
            }
            for (row, half) in half.into_iter().enumerate() {
                for (column, value) in WeightGradients.apply(simd, half).into_iter().enumerate() {
                    // SAFETY: the taps are all as long, and of whole vectors.
                    unsafe {
                        let to = dweight[row * 3 + column].as_mut_ptr().add(at);
                        simd.store_at(to, simd.add(simd.load_at(to), value));
                    }
                }
            }
        }
    }
}

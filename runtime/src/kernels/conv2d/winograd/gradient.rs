//! The gradient of the weight: pixels and gradients transformed, multiplied over the tiles, transformed back.

use super::scatter::Scatter;
use super::transform::{Gradients, Pixels, Transform, WeightGradients};
use super::{Correlation, PANEL, PLACES, SLOT, STEP, plane};
use crate::kernels::tile::{Finish, Product, tiles};
use crate::simd::{Kernel, Simd, dispatch};

/// Adds the gradient of the weight from `n` pictures to `dweight`, in the weight's own layout.
pub(in crate::kernels::conv2d) fn backward_weight(
    correlation: Correlation,
    n: usize,
    x: &[f32],
    dy: &[f32],
    dweight: &mut [f32],
    scratch: &mut [f32],
) {
    let Correlation {
        channels,
        filters,
        rows,
        columns,
        ..
    } = correlation;
    if n == 0 {
        return;
    }
    let block = correlation.block();
    let (pixels, scratch) = scratch.split_at_mut(block * correlation.slots());
    let (gradients, sums) = scratch.split_at_mut(block * correlation.product_slots());
    let plane = plane(channels, filters);
    for (first, count) in correlation.blocks(n) {
        dispatch(Scatter {
            correlation,
            x,
            first,
            count,
            picture: [correlation.height, correlation.width, channels],
            padding: correlation.padding,
            transform: Pixels,
            to: &mut *pixels,
        });
        dispatch(Scatter::<_, STEP> {
            correlation,
            x: dy,
            first,
            count,
            picture: [rows, columns, filters],
            padding: [0, 0],
            transform: Gradients,
            to: &mut *gradients,
        });
        for panel in 0..channels / PANEL {
            let product = Product {
                rows: PANEL,
                columns: filters,
                depth: [1, 1, count],
                a: &pixels[panel * SLOT..],
                a_outer: 0,
                a_inner: 0,
                a_step: correlation.slots(),
                a_row: 1,
                b: gradients,
                b_outer: 0,
                b_inner: 0,
                b_step: correlation.product_slots(),
                b_panel: SLOT,
                bias: None,
                c_row: filters,
                c_panel: PANEL,
                finish: Finish::adding(first > 0),
            };
            let sums = &mut sums[panel * PANEL * filters..];
            product.run_each(tiles(), PLACES, [PANEL, PANEL, plane], sums);
        }
    }
    dispatch(Collect {
        correlation,
        sums,
        plane,
        dweight,
    });
}

/// Sums at 36 places, transformed back to 9 taps and added to the gradient.
struct Collect<'a> {
    correlation: Correlation,
    sums: &'a [f32],
    plane: usize,
    dweight: &'a mut [f32],
}

impl Kernel for Collect<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let len = self.correlation.channels * self.correlation.filters;
        assert_eq!(self.dweight.len(), 9 * len);
        assert!((PLACES - 1) * self.plane + len <= self.sums.len());
        for at in (0..len).step_by(S::LANES) {
            let mut half = [[simd.splat(0.0); 6]; 3];
            for k in 0..6 {
                let mut line = [simd.splat(0.0); 6];
                for (i, value) in line.iter_mut().enumerate() {
                    // SAFETY: the last place was compared with the length.
                    *value = unsafe {
                        simd.load_at(self.sums.as_ptr().add((i * 6 + k) * self.plane + at))
                    };
                }
                for (half, value) in half.iter_mut().zip(WeightGradients.apply(simd, line)) {
                    half[k] = value;
                }
            }
            for (row, half) in half.into_iter().enumerate() {
                for (column, value) in WeightGradients.apply(simd, half).into_iter().enumerate() {
                    // SAFETY: `dweight` has 9 such parts, and channels and filters are whole vectors.
                    unsafe {
                        let to = self.dweight.as_mut_ptr().add((row * 3 + column) * len + at);
                        simd.store_at(to, simd.add(simd.load_at(to), value));
                    }
                }
            }
        }
    }
}

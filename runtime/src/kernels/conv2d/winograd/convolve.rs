//! The correlation: pixels transformed, 36 products, results transformed back.

use super::scatter::Scatter;
use super::transform::{Pixels, Results, Transform};
use super::{Correlation, PANEL, PLACES, SLOT, STEP, plane};
use crate::kernels::tile::{Finish, Product, tiles};
use crate::simd::{Kernel, Simd, dispatch};

/// The correlation of `n` pictures with weights from [`pack`](super::pack), into `y`.
#[allow(clippy::too_many_arguments)]
pub(in crate::kernels::conv2d) fn convolve(
    correlation: Correlation,
    n: usize,
    x: &[f32],
    packed: &[f32],
    bias: Option<&[f32]>,
    finish: Finish,
    y: &mut [f32],
    scratch: &mut [f32],
) {
    let Correlation {
        channels, filters, ..
    } = correlation;
    let (pixels, products) = scratch.split_at_mut(correlation.block() * correlation.slots());
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
        let product = Product {
            rows: count,
            columns: filters,
            depth: [1, channels / PANEL, PANEL],
            a: pixels,
            a_outer: 0,
            a_inner: SLOT,
            a_step: 1,
            a_row: channels / PANEL * SLOT,
            b: packed,
            b_outer: 0,
            b_inner: PANEL * PANEL,
            b_step: PANEL,
            b_panel: channels * PANEL,
            bias: None,
            c_row: filters / PANEL * SLOT,
            c_panel: SLOT,
            finish: Finish::SET,
        };
        product.run_each(
            tiles(),
            PLACES,
            [PANEL, plane(channels, filters), PANEL],
            products,
        );
        let gather = Gather {
            correlation,
            first,
            count,
            products,
            bias,
            bounds: finish.bounds,
            y: &mut *y,
        };
        match finish.add {
            true => dispatch(Added(gather)),
            false => dispatch(gather),
        }
    }
}

/// Products at 36 places, transformed back to tiles of 4 by 4 results.
struct Gather<'a> {
    correlation: Correlation,
    first: usize,
    count: usize,
    products: &'a [f32],
    bias: Option<&'a [f32]>,
    /// The least and the greatest result.
    bounds: [f32; 2],
    y: &'a mut [f32],
}

/// [`Gather`], added to what `y` holds.
struct Added<'a>(Gather<'a>);

impl Kernel for Gather<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        self.gather::<S, false>(simd);
    }
}

impl Kernel for Added<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        self.0.gather::<S, true>(simd);
    }
}

impl Gather<'_> {
    #[inline(always)]
    fn gather<S: Simd, const ADD: bool>(self, simd: S) {
        let Correlation {
            rows,
            columns,
            filters,
            ..
        } = self.correlation;
        let panels = filters / PANEL;
        assert!(
            self.count * panels * SLOT <= self.products.len(),
            "winograd: the scratch is too short"
        );
        let bounds = self.bounds.map(|bound| simd.splat(bound));
        for (t, [picture, row, column]) in self.correlation.tiles_from(self.first, self.count) {
            let y = &mut self.y[picture * rows * columns * filters..][..rows * columns * filters];
            let (high, wide) = (STEP.min(rows - row), STEP.min(columns - column));
            for filter in (0..filters).step_by(S::LANES) {
                let from = (t * panels + filter / PANEL) * SLOT + filter % PANEL;
                let mut half = [[simd.splat(0.0); 6]; STEP];
                for k in 0..6 {
                    let mut line = [simd.splat(0.0); 6];
                    for (i, value) in line.iter_mut().enumerate() {
                        // SAFETY: the slots of all tiles were compared with the length.
                        *value = unsafe {
                            let from = self.products.as_ptr().add(from);
                            simd.load_at(from.add((i * 6 + k) * PANEL))
                        };
                    }
                    for (half, value) in half.iter_mut().zip(Results.apply(simd, line)) {
                        half[k] = value;
                    }
                }
                let bias = match self.bias {
                    Some(bias) => simd.load(&bias[filter..]),
                    None => simd.splat(0.0),
                };
                let to = (row * columns + column) * filters + filter;
                debug_assert!(
                    to + ((high - 1) * columns + wide - 1) * filters + S::LANES <= y.len()
                );
                // SAFETY: row and column lie in the picture, as do the next `high` and `wide`, and filters are whole
                // vectors.
                unsafe {
                    let to = y.as_mut_ptr().add(to);
                    let last = Last { bias, bounds };
                    if high == STEP && wide == STEP {
                        for (r, half) in half.into_iter().enumerate() {
                            let results = Results.apply(simd, half);
                            let to = to.add(r * columns * filters);
                            for (c, result) in results.into_iter().enumerate() {
                                last.put::<S, ADD>(simd, result, to.add(c * filters));
                            }
                        }
                    } else {
                        for (r, half) in half.into_iter().enumerate().take(high) {
                            let results = Results.apply(simd, half);
                            let to = to.add(r * columns * filters);
                            for (c, result) in results.into_iter().enumerate().take(wide) {
                                last.put::<S, ADD>(simd, result, to.add(c * filters));
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What happens to a result before it is written.
#[derive(Clone, Copy)]
struct Last<F> {
    bias: F,
    bounds: [F; 2],
}

impl<F: Copy> Last<F> {
    /// # Safety
    /// A vector at `to` must be readable and writable.
    #[inline(always)]
    unsafe fn put<S: Simd<F = F>, const ADD: bool>(&self, simd: S, result: F, to: *mut f32) {
        // SAFETY: the caller's promise.
        unsafe {
            let mut result = simd.add(result, self.bias);
            if ADD {
                result = simd.add(simd.load_at(to), result);
            }
            let [least, greatest] = self.bounds;
            simd.store_at(to, simd.min(greatest, simd.max(least, result)));
        }
    }
}

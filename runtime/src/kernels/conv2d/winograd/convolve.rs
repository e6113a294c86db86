//! The correlation: pixels transformed, 36 products, results transformed back.

use super::transform::{Pixels, Results, Transform};
use super::{Correlation, PANEL, PLACES, STEP, plane};
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
    let tiles = tiles();
    let (pixels, products) = scratch.split_at_mut(PLACES * plane(correlation.block(), channels));
    for (first, count) in correlation.blocks(n) {
        let (from, to) = (plane(count, channels), plane(count, filters));
        dispatch(Scatter {
            correlation,
            x,
            first,
            count,
            picture: [correlation.height, correlation.width, channels],
            padding: correlation.padding,
            transform: Pixels,
            tile: channels,
            panel: PANEL,
            plane: from,
            to: pixels,
        });
        for place in 0..PLACES {
            let product = Product {
                rows: count,
                columns: filters,
                depth: [1, 1, channels],
                a: &pixels[place * from..],
                a_outer: 0,
                a_inner: 0,
                a_step: 1,
                a_row: channels,
                b: &packed[place * channels * filters..],
                b_outer: 0,
                b_inner: 0,
                b_step: PANEL,
                b_panel: channels * PANEL,
                bias: None,
                c_row: filters,
                finish: Finish::Set,
            };
            product.run(tiles, &mut products[place * to..]);
        }
        dispatch(Gather {
            correlation,
            first,
            count,
            products,
            plane: to,
            bias,
            finish,
            y: &mut *y,
        });
    }
}

/// Squares of `N` by `N` pixels, transformed to 36 planes; zeros beyond the picture.
pub(super) struct Scatter<'a, T, const N: usize>
where
    T: Transform<N, 6>,
{
    pub correlation: Correlation,
    pub x: &'a [f32],
    /// The first tile, and how many.
    pub first: usize,
    pub count: usize,
    /// Rows, columns and channels of a picture of `x`.
    pub picture: [usize; 3],
    /// How far the first tile begins before the picture.
    pub padding: [usize; 2],
    pub transform: T,
    /// Distances of tiles, of panels of channels, and of planes.
    pub tile: usize,
    pub panel: usize,
    pub plane: usize,
    pub to: &'a mut [f32],
}

impl<T: Transform<N, 6>, const N: usize> Kernel for Scatter<'_, T, N> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let [height, width, channels] = self.picture;
        let last = (PLACES - 1) * self.plane
            + (self.count - 1) * self.tile
            + (channels / PANEL - 1) * self.panel
            + PANEL;
        assert!(last <= self.to.len(), "winograd: the scratch is too short");
        for t in 0..self.count {
            let [picture, row, column] = self.correlation.at(self.first + t);
            let x = &self.x[picture * height * width * channels..][..height * width * channels];
            // The rows and columns of the square that lie in the picture.
            let inside = |first: usize, padding: usize, size: usize| {
                let start = padding.saturating_sub(first).min(N);
                start..(size + padding).saturating_sub(first).clamp(start, N)
            };
            let (rows, columns) = (
                inside(row, self.padding[0], height),
                inside(column, self.padding[1], width),
            );
            for channel in (0..channels).step_by(S::LANES) {
                let mut square = [[simd.splat(0.0); 6]; N];
                for r in rows.clone() {
                    let from = (row + r - self.padding[0]) * width * channels + channel;
                    let mut pixels = [simd.splat(0.0); N];
                    for (c, pixel) in pixels.iter_mut().enumerate() {
                        if columns.contains(&c) {
                            let at = from + (column + c - self.padding[1]) * channels;
                            debug_assert!(at + S::LANES <= x.len());
                            // SAFETY: row and column lie in the picture, and channels are whole vectors.
                            *pixel = unsafe { simd.load_at(x.as_ptr().add(at)) };
                        }
                    }
                    square[r] = self.transform.apply(simd, pixels);
                }
                let to = t * self.tile + channel / PANEL * self.panel + channel % PANEL;
                for k in 0..6 {
                    let mut line = [simd.splat(0.0); N];
                    for (value, row) in line.iter_mut().zip(&square) {
                        *value = row[k];
                    }
                    for (i, value) in self.transform.apply(simd, line).into_iter().enumerate() {
                        let at = (i * 6 + k) * self.plane + to;
                        // SAFETY: not beyond `last`, which was compared with the length.
                        unsafe { simd.store_at(self.to.as_mut_ptr().add(at), value) };
                    }
                }
            }
        }
    }
}

/// Products of 36 planes, transformed back to tiles of 4 by 4 results.
struct Gather<'a> {
    correlation: Correlation,
    first: usize,
    count: usize,
    products: &'a [f32],
    plane: usize,
    bias: Option<&'a [f32]>,
    finish: Finish,
    y: &'a mut [f32],
}

impl Kernel for Gather<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Correlation {
            rows,
            columns,
            filters,
            ..
        } = self.correlation;
        let last = (PLACES - 1) * self.plane + self.count * filters;
        assert!(
            last <= self.products.len(),
            "winograd: the scratch is too short"
        );
        for t in 0..self.count {
            let [picture, row, column] = self.correlation.at(self.first + t);
            let y = &mut self.y[picture * rows * columns * filters..][..rows * columns * filters];
            let (high, wide) = (STEP.min(rows - row), STEP.min(columns - column));
            for filter in (0..filters).step_by(S::LANES) {
                let mut half = [[simd.splat(0.0); 6]; STEP];
                for k in 0..6 {
                    let mut line = [simd.splat(0.0); 6];
                    for (i, value) in line.iter_mut().enumerate() {
                        let at = (i * 6 + k) * self.plane + t * filters + filter;
                        // SAFETY: not beyond `last`, which was compared with the length.
                        *value = unsafe { simd.load_at(self.products.as_ptr().add(at)) };
                    }
                    for (half, value) in half.iter_mut().zip(Results.apply(simd, line)) {
                        half[k] = value;
                    }
                }
                let bias = match self.bias {
                    Some(bias) => simd.load(&bias[filter..]),
                    None => simd.splat(0.0),
                };
                for (r, half) in half.into_iter().enumerate().take(high) {
                    let results = Results.apply(simd, half);
                    for (c, result) in results.into_iter().enumerate().take(wide) {
                        let at = ((row + r) * columns + column + c) * filters + filter;
                        debug_assert!(at + S::LANES <= y.len());
                        let result = simd.add(result, bias);
                        let zero = simd.splat(0.0);
                        // SAFETY: row and column lie in the picture, and filters are whole vectors.
                        unsafe {
                            let to = y.as_mut_ptr().add(at);
                            let result = match self.finish {
                                Finish::Set => result,
                                Finish::Add => simd.add(simd.load_at(to), result),
                                Finish::Relu => simd.max(zero, result),
                                Finish::Relu6 => simd.min(simd.splat(6.0), simd.max(zero, result)),
                            };
                            simd.store_at(to, result);
                        }
                    }
                }
            }
        }
    }
}

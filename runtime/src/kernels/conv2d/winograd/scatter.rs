//! Squares of pixels, or of gradients, transformed to the 36 places of their tile.

use super::transform::Transform;
use super::{Correlation, PANEL, SLOT, STEP};
use crate::simd::{Kernel, Simd};

/// Squares of `N` by `N` pixels to slots of 36 places; zeros beyond the picture.
///
/// `to` is `(tile, panel of channels, place, channel)`.
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
    pub to: &'a mut [f32],
}

impl<T: Transform<N, 6>, const N: usize> Kernel for Scatter<'_, T, N> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let [height, width, channels] = self.picture;
        let panels = channels / PANEL;
        assert!(
            self.count * panels * SLOT <= self.to.len(),
            "winograd: the scratch is too short"
        );
        let size = height * width * channels;
        for (t, [picture, row, column]) in self.correlation.tiles_from(self.first, self.count) {
            let x = &self.x[picture * size..][..size];
            let rows = inside::<N>(row, self.padding[0], height);
            let columns = inside::<N>(column, self.padding[1], width);
            let whole = rows == [0, N] && columns == [0, N];
            // Of the first pixel of the square, which lies in the picture only if the square begins there.
            let corner = (row * width + column) as isize
                - (self.padding[0] * width + self.padding[1]) as isize;
            let corner = x.as_ptr().wrapping_offset(corner * channels as isize);
            let square = Square {
                rows,
                fresh: if row == 0 { 0 } else { N - STEP },
                lanes: columns_in_use::<S, N>(columns),
                distances: [width * channels, channels],
            };
            for channel in (0..channels).step_by(S::LANES) {
                let corner = corner.wrapping_add(channel);
                // Once for each line of 16 channels.
                if channel % PANEL == 0 {
                    square.prefetch_next(simd, corner);
                }
                // SAFETY: the rows and columns in use lie in the picture, and channels are whole vectors.
                let square = unsafe {
                    match whole {
                        true => square.along_rows::<S, T, true>(simd, self.transform, corner),
                        false => square.along_rows::<S, T, false>(simd, self.transform, corner),
                    }
                };
                let to = (t * panels + channel / PANEL) * SLOT + channel % PANEL;
                for k in 0..6 {
                    let mut line = [simd.splat(0.0); N];
                    for (value, row) in line.iter_mut().zip(&square) {
                        *value = row[k];
                    }
                    for (i, value) in self.transform.apply(simd, line).into_iter().enumerate() {
                        // SAFETY: the slots of all tiles were compared with the length.
                        unsafe {
                            let to = self.to.as_mut_ptr().add(to);
                            simd.store_at(to.add((i * 6 + k) * PANEL), value);
                        }
                    }
                }
            }
        }
    }
}

/// A square of `N` by `N` pixels, transformed along its rows.
#[derive(Clone, Copy)]
struct Square<const N: usize> {
    /// The rows that lie in the picture: the first, and the one behind the last.
    rows: [usize; 2],
    /// The first row that the row of squares above hasn't touched.
    fresh: usize,
    /// How many lanes of each column are to be read: all or none.
    lanes: [usize; N],
    /// From one row to the next, and from one column to the next.
    distances: [usize; 2],
}

impl<const N: usize> Square<N> {
    /// Asks for the pixels of the next square that neither this one nor those of the row above have touched: rows are
    /// too short for the machine to foresee them.
    #[inline(always)]
    fn prefetch_next<S: Simd>(&self, simd: S, corner: *const f32) {
        for r in self.fresh..N {
            let from = corner.wrapping_add(r * self.distances[0]);
            for c in N..N + STEP {
                simd.prefetch(from.wrapping_add(c * self.distances[1]));
            }
        }
    }

    /// Zeros stand where rows or columns lie outside; with `WHOLE` none does.
    ///
    /// # Safety
    /// The rows and columns in use must be readable.
    #[inline(always)]
    unsafe fn along_rows<S: Simd, T: Transform<N, 6>, const WHOLE: bool>(
        &self,
        simd: S,
        transform: T,
        corner: *const f32,
    ) -> [[S::F; 6]; N] {
        let mut square = [[simd.splat(0.0); 6]; N];
        for (r, row) in square.iter_mut().enumerate() {
            if !WHOLE && !(self.rows[0]..self.rows[1]).contains(&r) {
                continue;
            }
            let from = corner.wrapping_add(r * self.distances[0]);
            let mut pixels = [simd.splat(0.0); N];
            for (c, pixel) in pixels.iter_mut().enumerate() {
                let from = from.wrapping_add(c * self.distances[1]);
                // SAFETY: the caller's promise; of the others no lane is read.
                *pixel = unsafe {
                    match WHOLE {
                        true => simd.load_at(from),
                        false => simd.load_first_at(from, self.lanes[c]),
                    }
                };
            }
            *row = transform.apply(simd, pixels);
        }
        square
    }
}

/// The lanes to read of each column of a square.
#[inline(always)]
fn columns_in_use<S: Simd, const N: usize>(columns: [usize; 2]) -> [usize; N] {
    let mut lanes = [0; N];
    for (c, lanes) in lanes.iter_mut().enumerate() {
        if columns[0] <= c && c < columns[1] {
            *lanes = S::LANES;
        }
    }
    lanes
}

/// The first of `N` pixels that lies in the picture, and the one behind the last, along one axis.
#[inline(always)]
fn inside<const N: usize>(first: usize, padding: usize, size: usize) -> [usize; 2] {
    let start = padding.saturating_sub(first).min(N);
    [
        start,
        (size + padding).saturating_sub(first).clamp(start, N),
    ]
}

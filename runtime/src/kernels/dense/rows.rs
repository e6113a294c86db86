//! A few rows by a large weight, which is read once, as it lies: results are in the first cache while its rows stream by.

use std::ops::Range;

use crate::simd::{Kernel, Simd, dispatch};

/// Rows of the weight that are read side by side.
const AT_ONCE: usize = 4;

/// Columns of the weight whose results are in the cache: enough of a row that the machine fetches it at once.
const COLUMNS: usize = 512;

/// `clamp(a * weight + bias)` for some columns of a weight with rows of `row_len` numbers.
pub(super) struct Rows<'a> {
    pub a: &'a [f32],
    pub depth: usize,
    pub weight: &'a [f32],
    pub row_len: usize,
    pub columns: Range<usize>,
    /// Of these columns.
    pub bias: Option<&'a [f32]>,
    pub bounds: [f32; 2],
}

impl Rows<'_> {
    /// Sets `c`, which begins with the first of the columns and whose rows are `c_row` apart.
    pub fn run(self, c: &mut [f32], c_row: usize) {
        dispatch(Run {
            rows: self,
            c,
            c_row,
        });
    }
}

struct Run<'a, 'c> {
    rows: Rows<'a>,
    c: &'c mut [f32],
    c_row: usize,
}

impl Kernel for Run<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Run { rows, c, c_row } = self;
        let Rows { a, depth, .. } = rows;
        for first in (0..rows.columns.len()).step_by(COLUMNS) {
            let count = COLUMNS.min(rows.columns.len() - first);
            for row in 0..a.len() / depth {
                let c = &mut c[row * c_row + first..][..count];
                match rows.bias {
                    Some(bias) => c.copy_from_slice(&bias[first..first + count]),
                    None => c.fill(0.0),
                }
            }
            let from = rows.columns.start + first;
            let line = |k: usize| &rows.weight[k * rows.row_len + from..][..count];
            let whole = depth / AT_ONCE * AT_ONCE;
            for k in (0..whole).step_by(AT_ONCE) {
                let lines: [&[f32]; AT_ONCE] = [line(k), line(k + 1), line(k + 2), line(k + 3)];
                let next = lines.map(|line| line.as_ptr().wrapping_add(AT_ONCE * rows.row_len));
                for next in next {
                    for at in (0..count).step_by(16) {
                        simd.prefetch(next.wrapping_add(at));
                    }
                }
                for (row, a) in a.chunks_exact(depth).enumerate() {
                    let c = &mut c[row * c_row + first..][..count];
                    add(simd, [a[k], a[k + 1], a[k + 2], a[k + 3]], lines, c);
                }
            }
            for k in whole..depth {
                for (row, a) in a.chunks_exact(depth).enumerate() {
                    let c = &mut c[row * c_row + first..][..count];
                    add(simd, [a[k]], [line(k)], c);
                }
            }
            for row in 0..a.len() / depth {
                clamp(simd, rows.bounds, &mut c[row * c_row + first..][..count]);
            }
        }
    }
}

/// `c += Σ a[k] * lines[k]`, one after the other.
#[inline(always)]
fn add<S: Simd, const K: usize>(simd: S, a: [f32; K], lines: [&[f32]; K], c: &mut [f32]) {
    let mut factors = [simd.splat(0.0); K];
    for (factor, a) in factors.iter_mut().zip(a) {
        *factor = simd.splat(a);
    }
    let whole = c.len() / S::LANES * S::LANES;
    for at in (0..whole).step_by(S::LANES) {
        let c = &mut c[at..at + S::LANES];
        let mut sum = simd.load(c);
        for (factor, line) in factors.into_iter().zip(lines) {
            sum = simd.fma(factor, simd.load(&line[at..at + S::LANES]), sum);
        }
        simd.store(sum, c);
    }
    if whole < c.len() {
        let c = &mut c[whole..];
        let mut sum = simd.load_partial(c);
        for (factor, line) in factors.into_iter().zip(lines) {
            sum = simd.fma(factor, simd.load_partial(&line[whole..]), sum);
        }
        simd.store_partial(sum, c);
    }
}

/// NaN passes, as in a tile.
#[inline(always)]
fn clamp<S: Simd>(simd: S, bounds: [f32; 2], c: &mut [f32]) {
    if bounds == [f32::NEG_INFINITY, f32::INFINITY] {
        return;
    }
    let (least, greatest) = (simd.splat(bounds[0]), simd.splat(bounds[1]));
    for c in c.chunks_mut(S::LANES) {
        let value = simd.min(greatest, simd.max(least, simd.load_partial(c)));
        simd.store_partial(value, c);
    }
}

//! Sums of outer products, the gradients of weights: what came in by what the output's gradient is, over examples or pixels.
//!
//! Both operands are copied into the first two caches block by block, as in any large product; what lies far apart, or in windows of a
//! picture, is side by side then.

use std::ops::Range;

use super::length::product;
use super::tile::{Finish, PANEL, Product, tiles};

/// Terms of the sums that are one product.
const DEPTH: usize = 256;

/// Columns of the result whose operand is copied at a time.
const COLUMNS: usize = 4 * PANEL;

/// Rows of the result that lie side by side in a copy: whole tiles of every instruction set, and three cache lines, so that those
/// of all terms lie in different sets of a cache.
const GROUP: usize = 48;

/// Rows of the result whose operand is copied at a time.
const ROWS: usize = 4 * GROUP;

/// Distance of terms, in numbers, from which on they are copied before a tile reads a few numbers of each.
const FAR: usize = 512;

/// The terms of one operand: lines of numbers.
pub(super) trait Lines {
    /// Copies some columns of some lines in groups of `W`, `to[group][line][W]`; what is past the last column is zero.
    fn copy<const W: usize>(&self, lines: Range<usize>, columns: Range<usize>, to: &mut [f32]);

    /// Where they lie from a line and column on, and how far apart, if they lie in order.
    fn in_place(&self, line: usize, column: usize) -> Option<(&[f32], usize)> {
        let _ = (line, column);
        None
    }
}

/// Lines of `len` numbers, one after the other.
#[derive(Clone, Copy)]
pub(super) struct Matrix<'a> {
    pub numbers: &'a [f32],
    pub len: usize,
}

impl Lines for Matrix<'_> {
    fn copy<const W: usize>(&self, lines: Range<usize>, columns: Range<usize>, to: &mut [f32]) {
        let from = &self.numbers[lines.start * self.len..lines.end * self.len];
        for (index, line) in from.chunks_exact(self.len).enumerate() {
            copy_line::<W>(&line[columns.clone()], index, lines.len(), to);
        }
    }

    fn in_place(&self, line: usize, column: usize) -> Option<(&[f32], usize)> {
        let from = &self.numbers[line * self.len + column..];
        Some((from, self.len))
    }
}

/// Line number `index` of `lines`, in groups.
#[inline(always)]
fn copy_line<const W: usize>(line: &[f32], index: usize, lines: usize, to: &mut [f32]) {
    let (whole, rest) = line.as_chunks::<W>();
    let mut groups = to.chunks_exact_mut(lines * W);
    for (from, group) in whole.iter().zip(&mut groups) {
        group[index * W..][..W].copy_from_slice(from);
    }
    if let Some(group) = groups.next().filter(|_| !rest.is_empty()) {
        let to = &mut group[index * W..][..W];
        to[..rest.len()].copy_from_slice(rest);
        to[rest.len()..].fill(0.0);
    }
}

/// Whether lines of `len` numbers, which could be read where they lie, are copied. For few columns that would take as long as the product.
const fn copies(len: usize, columns: usize) -> bool {
    len >= FAR && columns >= COLUMNS
}

/// `c = Σ a[line]ᵀ * b[line]`, set or added, for some columns of `a`, the rows of the result, and some of `b`.
pub(super) struct Outer {
    /// Number of lines.
    pub lines: usize,
    pub rows: Range<usize>,
    pub columns: Range<usize>,
    pub accumulate: bool,
}

impl Outer {
    /// Length of the scratch for results of up to so many rows and columns.
    pub const fn scratch_len(rows: usize, columns: usize) -> usize {
        let rows = if rows < ROWS {
            rows.next_multiple_of(GROUP)
        } else {
            ROWS
        };
        let columns = if columns < COLUMNS {
            columns.next_multiple_of(PANEL)
        } else {
            COLUMNS
        };
        product([DEPTH, rows + columns])
    }

    /// The same where `a` lies in lines of `len` numbers, and may be read there.
    pub const fn scratch_len_of_matrix(len: usize, rows: usize, columns: usize) -> usize {
        let copied = if copies(len, columns) { rows } else { 0 };
        Self::scratch_len(copied, columns)
    }

    /// Computes the sums into `c`, which holds the rows and columns alone. The bits of a number depend on the lines alone.
    pub fn run<A: Lines, B: Lines>(&self, a: &A, b: &B, c: &mut [f32], scratch: &mut [f32]) {
        if self.rows.is_empty() || self.columns.is_empty() {
            return;
        }
        if self.lines == 0 && !self.accumulate {
            c.fill(0.0);
        }
        for first in (0..self.lines).step_by(DEPTH) {
            let lines = first..self.lines.min(first + DEPTH);
            let finish = Finish::adding(self.accumulate || first > 0);
            let parts = c.chunks_mut(product([ROWS, self.columns.len()]));
            for (first, part) in self.rows.clone().step_by(ROWS).zip(parts) {
                let rows = first..self.rows.end.min(first + ROWS);
                self.block(a, b, lines.clone(), rows, finish, part, scratch);
            }
        }
    }

    /// Some rows, from so few lines that they are one product.
    #[allow(clippy::too_many_arguments)]
    fn block<A: Lines, B: Lines>(
        &self,
        a: &A,
        b: &B,
        lines: Range<usize>,
        rows: Range<usize>,
        finish: Finish,
        c: &mut [f32],
        scratch: &mut [f32],
    ) {
        let depth = lines.len();
        let widest = COLUMNS.min(self.columns.len()).next_multiple_of(PANEL);
        let (panels, copied) = scratch.split_at_mut(depth * widest);
        let place = a.in_place(lines.start, rows.start);
        let place = place.filter(|&(_, distance)| !copies(distance, self.columns.len()));
        if place.is_none() {
            a.copy::<GROUP>(lines.clone(), rows.clone(), copied);
        }
        for column in self.columns.clone().step_by(COLUMNS) {
            let columns = column..self.columns.end.min(column + COLUMNS);
            b.copy::<PANEL>(lines.clone(), columns.clone(), panels);
            let group = if place.is_some() { rows.len() } else { GROUP };
            for (index, first) in rows.clone().step_by(group).enumerate() {
                let (a, a_step) = match place {
                    Some((a, step)) => (a, step),
                    None => (&copied[index * depth * GROUP..], GROUP),
                };
                let product = Product {
                    rows: group.min(rows.end - first),
                    columns: columns.len(),
                    depth: [1, 1, depth],
                    a,
                    a_outer: 0,
                    a_inner: 0,
                    a_step,
                    a_row: 1,
                    b: panels,
                    b_outer: 0,
                    b_inner: 0,
                    b_step: PANEL,
                    b_panel: depth * PANEL,
                    bias: None,
                    c_row: self.columns.len(),
                    c_panel: PANEL,
                    finish,
                };
                let to = (first - rows.start) * self.columns.len() + column - self.columns.start;
                product.run(tiles(), &mut c[to..]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::tests::products::{close, numbers, quiet, wide};
    use crate::simd::on_every_isa;

    /// More lines than one product is deep, groups of rows that aren't full, operands in place and copied.
    #[test]
    fn sums_of_outer_products() {
        for (lines, len, rows, width, columns, accumulate) in [
            (1, 5, 0..5, 3, 0..3, false),
            (300, 70, 3..67, 130, 30..130, true),
            (40, 530, 100..317, 64, 0..64, false),
            (513, 600, 7..9, 20, 0..20, true),
            (0, 9, 0..9, 7, 0..7, false),
        ] {
            let (a, b) = (numbers(lines * len, 1), numbers(lines * width, 2));
            let before = numbers(rows.len() * columns.len(), 3);
            let mut expected: Vec<f64> = wide(&before);
            if !accumulate {
                expected.fill(0.0);
            }
            for line in 0..lines {
                for (i, row) in rows.clone().enumerate() {
                    for (j, column) in columns.clone().enumerate() {
                        expected[i * columns.len() + j] +=
                            f64::from(a[line * len + row]) * f64::from(b[line * width + column]);
                    }
                }
            }
            let outer = Outer {
                lines,
                rows: rows.clone(),
                columns: columns.clone(),
                accumulate,
            };
            on_every_isa(|isa| {
                let mut c = before.clone();
                let scratch_len = Outer::scratch_len_of_matrix(len, rows.len(), columns.len());
                let mut scratch = vec![f32::NAN; scratch_len];
                let a = Matrix { numbers: &a, len };
                let b = Matrix {
                    numbers: &b,
                    len: width,
                };
                quiet(|| outer.run(&a, &b, &mut c, &mut scratch));
                let what = format!("{lines} lines, {rows:?} by {columns:?} on {isa:?}");
                close(&c, &expected, lines.max(1), &what);
            });
        }
    }
}

//! The one register tile under convolutions and matrix products: `C = A * B` with `C` in registers.
//!
//! A tile of `rows` by one or two panels of 16 columns is kept in registers while the depth runs by: each step loads
//! a row of `B` and multiplies it by one number from each row of `A`, broadcast. Everything else is strides. The
//! depth has three levels, so that the window of a convolution (kernel rows, kernel columns, channels) or the pixels
//! of several pictures (pictures, rows, columns) are one product without being copied together.

// Registers are numbered: `p` is the row and `v` the vector everywhere.
#![allow(clippy::needless_range_loop)]

use super::activation::Activation;
#[cfg(target_arch = "x86_64")]
use crate::simd::{Avx2, Avx512};
use crate::simd::{Isa, Portable, Simd};

/// Columns that stand side by side in a packed operand, whatever the instruction set.
pub const PANEL: usize = 16;

/// What happens to a finished tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finish {
    /// `c = tile`
    Set,
    /// `c += tile`
    Add,
    /// `c = max(tile, 0)`
    Relu,
    /// `c = min(max(tile, 0), 6)`
    Relu6,
}

impl Finish {
    /// What a tile can do of an activation, and whether that is all of it.
    pub fn of(act: Activation) -> (Self, bool) {
        match act {
            Activation::Identity => (Self::Set, true),
            Activation::Relu => (Self::Relu, true),
            Activation::Relu6 => (Self::Relu6, true),
            _ => (Self::Set, false),
        }
    }
}

/// A product of strided operands:
/// `c[p][j] = bias[j] + Σ a[o * a_outer + i * a_inner + k * a_step + p * a_row] * b[o * b_outer + i * b_inner + k * b_step][j]`
/// over `(o, i, k)` in `depth`, column `j` of `b` being at `j / 16 * b_panel + j % 16`.
#[derive(Clone, Copy)]
pub struct Product<'a> {
    /// Rows of `c`.
    pub rows: usize,
    /// Columns of `c`.
    pub columns: usize,
    /// Extents of the three levels of the sum.
    pub depth: [usize; 3],
    /// The operand that is broadcast.
    pub a: &'a [f32],
    /// Distances in `a`: see the formula. One of `a_step` and `a_row` must be 1.
    pub a_outer: usize,
    /// See the formula.
    pub a_inner: usize,
    /// See the formula.
    pub a_step: usize,
    /// See the formula.
    pub a_row: usize,
    /// The operand that is loaded by vectors; whole panels are read.
    pub b: &'a [f32],
    /// See the formula.
    pub b_outer: usize,
    /// See the formula.
    pub b_inner: usize,
    /// See the formula.
    pub b_step: usize,
    /// See the formula.
    pub b_panel: usize,
    /// What the sums start from, zero if absent.
    pub bias: Option<&'a [f32]>,
    /// Distance of rows in `c`.
    pub c_row: usize,
    /// What happens to a finished tile.
    pub finish: Finish,
}

/// One tile of a product: pointers at its first row and column.
struct Tile {
    depth: [usize; 3],
    a: *const f32,
    a_outer: usize,
    a_inner: usize,
    /// `a_row` or `a_step`, whichever is not 1.
    a_stride: usize,
    b: *const f32,
    b_outer: usize,
    b_inner: usize,
    b_step: usize,
    b_panel: usize,
    /// Null for zero.
    bias: *const f32,
    c: *mut f32,
    c_row: usize,
    columns: usize,
    finish: Finish,
}

type TileFn = unsafe fn(&Tile);

/// The tiles of an instruction set, by their number of rows less one.
pub struct Tiles {
    /// Columns of the widest tile.
    pub columns: usize,
    /// One panel, `a_step == 1`.
    narrow_rows: &'static [TileFn],
    /// As many panels as are widest, `a_step == 1`.
    wide_rows: &'static [TileFn],
    /// One panel, `a_row == 1`.
    narrow_columns: &'static [TileFn],
    /// As many panels as are widest, `a_row == 1`.
    wide_columns: &'static [TileFn],
}

/// The tiles of the instruction set that kernels run on.
pub fn tiles() -> &'static Tiles {
    match Isa::current() {
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 => &AVX512,
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 => &AVX2,
        _ => &PORTABLE,
    }
}

/// Cuts `total` rows into tiles of at most `most` rows that differ by at most one: `(first row, rows)`.
fn even_parts(total: usize, most: usize) -> impl Iterator<Item = (usize, usize)> {
    let parts = total.div_ceil(most);
    let (rows, longer) = (total / parts.max(1), total % parts.max(1));
    (0..parts).map(move |i| (i * rows + i.min(longer), rows + usize::from(i < longer)))
}

impl Product<'_> {
    /// Computes the product into `c`.
    ///
    /// # Panics
    /// If an operand is too short for the strides, or neither `a_step` nor `a_row` is 1.
    pub fn run(&self, tiles: &Tiles, c: &mut [f32]) {
        if self.rows == 0 || self.columns == 0 {
            return;
        }
        self.check(c);
        let by_rows = self.a_step == 1;
        let mut column = 0;
        while column < self.columns {
            let wide = self.columns - column > PANEL && tiles.columns > PANEL;
            let columns = (self.columns - column).min(if wide { tiles.columns } else { PANEL });
            let set = match (by_rows, wide) {
                (true, false) => tiles.narrow_rows,
                (true, true) => tiles.wide_rows,
                (false, false) => tiles.narrow_columns,
                (false, true) => tiles.wide_columns,
            };
            for (row, rows) in even_parts(self.rows, set.len()) {
                let tile = Tile {
                    depth: self.depth,
                    a: self.a.as_ptr().wrapping_add(row * self.a_row),
                    a_outer: self.a_outer,
                    a_inner: self.a_inner,
                    a_stride: if by_rows { self.a_row } else { self.a_step },
                    b: self.b.as_ptr().wrapping_add(column / PANEL * self.b_panel),
                    b_outer: self.b_outer,
                    b_inner: self.b_inner,
                    b_step: self.b_step,
                    b_panel: self.b_panel,
                    bias: self
                        .bias
                        .map_or(std::ptr::null(), |bias| bias[column..].as_ptr()),
                    c: c.as_mut_ptr().wrapping_add(row * self.c_row + column),
                    c_row: self.c_row,
                    columns,
                    finish: self.finish,
                };
                // SAFETY: `check` has compared the farthest index of each operand with its length, and the set of
                // tiles is one for the instructions that the machine has.
                unsafe { set[rows - 1](&tile) };
            }
            column += columns;
        }
    }

    /// Compares the farthest index that the strides reach with the lengths.
    fn check(&self, c: &[f32]) {
        assert!(
            self.a_step == 1 || self.a_row == 1,
            "tile: neither stride of `a` is 1"
        );
        if let Some(bias) = self.bias {
            assert!(
                self.columns <= bias.len(),
                "tile: {} biases, expected {}",
                bias.len(),
                self.columns
            );
        }
        assert!(
            (self.rows - 1) * self.c_row + self.columns <= c.len(),
            "tile: the output is too short"
        );
        let [outer, inner, len] = self.depth;
        if outer == 0 || inner == 0 || len == 0 {
            return;
        }
        let a = (outer - 1) * self.a_outer
            + (inner - 1) * self.a_inner
            + (len - 1) * self.a_step
            + (self.rows - 1) * self.a_row;
        assert!(
            a < self.a.len(),
            "tile: the first operand is too short: {} for index {a}",
            self.a.len()
        );
        let b = (outer - 1) * self.b_outer
            + (inner - 1) * self.b_inner
            + (len - 1) * self.b_step
            + (self.columns - 1) / PANEL * self.b_panel
            + PANEL
            - 1;
        assert!(
            b < self.b.len(),
            "tile: the second operand is too short: {} for index {b}",
            self.b.len()
        );
    }
}

/// Writes `rows <= 16` rows of `columns` numbers as columns of a panel: `panel[column][row]`, zero past the last row.
pub fn transpose(from: &[f32], from_row: usize, rows: usize, columns: usize, panel: &mut [f32]) {
    for (column, to) in panel.chunks_exact_mut(PANEL).take(columns).enumerate() {
        for (row, to) in to.iter_mut().enumerate() {
            *to = if row < rows {
                from[row * from_row + column]
            } else {
                0.0
            };
        }
    }
}

/// The tile of `P` rows by `V` vectors; `BY_ROWS` if the depth is contiguous in `a`, else the rows are.
///
/// # Safety
/// All that the formula of [`Product`] reads and writes for these rows and columns must be there.
#[inline(always)]
unsafe fn tile<S: Simd, const P: usize, const V: usize, const BY_ROWS: bool>(simd: S, t: &Tile) {
    let offset = |v: usize| v * S::LANES / PANEL * t.b_panel + v * S::LANES % PANEL;
    let lanes_of = |v: usize| t.columns.saturating_sub(v * S::LANES).min(S::LANES);
    let (row, step) = if BY_ROWS {
        (t.a_stride, 1)
    } else {
        (1, t.a_stride)
    };
    let mut sums = [[simd.splat(0.0); V]; P];
    // SAFETY: the caller's promise; pointers are only moved past the ends by `wrapping_add`, and not read there.
    unsafe {
        if !t.bias.is_null() {
            let mut bias = [simd.splat(0.0); V];
            for v in 0..V {
                bias[v] = simd.load_first_at(t.bias.wrapping_add(v * S::LANES), lanes_of(v));
            }
            sums = [bias; P];
        }
        let [outer, inner, len] = t.depth;
        for o in 0..outer {
            for i in 0..inner {
                let mut a = t.a.wrapping_add(o * t.a_outer + i * t.a_inner);
                let mut b = t.b.wrapping_add(o * t.b_outer + i * t.b_inner);
                for _ in 0..len {
                    let mut values = [simd.splat(0.0); V];
                    for v in 0..V {
                        values[v] = simd.load_at(b.wrapping_add(offset(v)));
                    }
                    for p in 0..P {
                        let x = simd.splat(*a.wrapping_add(p * row));
                        for v in 0..V {
                            sums[p][v] = simd.fma(x, values[v], sums[p][v]);
                        }
                    }
                    a = a.wrapping_add(step);
                    b = b.wrapping_add(t.b_step);
                }
            }
        }
        let zero = simd.splat(0.0);
        match t.finish {
            Finish::Set => {}
            Finish::Add => {
                for p in 0..P {
                    for v in 0..V {
                        let c = t.c.wrapping_add(p * t.c_row + v * S::LANES);
                        let before = if t.columns == V * S::LANES {
                            simd.load_at(c)
                        } else {
                            simd.load_first_at(c, lanes_of(v))
                        };
                        sums[p][v] = simd.add(before, sums[p][v]);
                    }
                }
            }
            Finish::Relu => {
                for p in 0..P {
                    for v in 0..V {
                        sums[p][v] = simd.max(zero, sums[p][v]);
                    }
                }
            }
            Finish::Relu6 => {
                for p in 0..P {
                    for v in 0..V {
                        sums[p][v] = simd.min(simd.splat(6.0), simd.max(zero, sums[p][v]));
                    }
                }
            }
        }
        for p in 0..P {
            for v in 0..V {
                let c = t.c.wrapping_add(p * t.c_row + v * S::LANES);
                if t.columns == V * S::LANES {
                    simd.store_at(c, sums[p][v]);
                } else {
                    simd.store_first_at(c, lanes_of(v), sums[p][v]);
                }
            }
        }
    }
}

/// The tiles of `vectors` vectors and each number of rows.
macro_rules! tile_set {
    ($function:ident, $vectors:literal, $by_rows:literal, [$($rows:literal)*]) => {
        &[$($function::<$rows, $vectors, $by_rows>),*]
    };
}

/// # Safety
/// As [`tile`], on a machine with AVX-512.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")]
unsafe fn tile_avx512<const P: usize, const V: usize, const BY_ROWS: bool>(t: &Tile) {
    // SAFETY: the caller's promises.
    unsafe { tile::<_, P, V, BY_ROWS>(Avx512::new(), t) }
}

#[cfg(target_arch = "x86_64")]
static AVX512: Tiles = Tiles {
    columns: 32,
    narrow_rows: tile_set!(tile_avx512, 1, true, [1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16]),
    wide_rows: tile_set!(tile_avx512, 2, true, [1 2 3 4 5 6 7 8 9 10 11 12 13 14]),
    narrow_columns: tile_set!(tile_avx512, 1, false, [1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24]),
    wide_columns: tile_set!(tile_avx512, 2, false, [1 2 3 4 5 6 7 8 9 10 11 12 13 14]),
};

/// # Safety
/// As [`tile`], on a machine with AVX2 and FMA.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn tile_avx2<const P: usize, const V: usize, const BY_ROWS: bool>(t: &Tile) {
    // SAFETY: the caller's promises.
    unsafe { tile::<_, P, V, BY_ROWS>(Avx2::new(), t) }
}

#[cfg(target_arch = "x86_64")]
static AVX2: Tiles = {
    let by_rows: &[TileFn] = tile_set!(tile_avx2, 2, true, [1 2 3 4 5 6]);
    let by_columns: &[TileFn] = tile_set!(tile_avx2, 2, false, [1 2 3 4 5 6]);
    Tiles {
        columns: PANEL,
        narrow_rows: by_rows,
        wide_rows: by_rows,
        narrow_columns: by_columns,
        wide_columns: by_columns,
    }
};

/// # Safety
/// As [`tile`].
unsafe fn tile_portable<const P: usize, const V: usize, const BY_ROWS: bool>(t: &Tile) {
    // SAFETY: the caller's promise.
    unsafe { tile::<_, P, V, BY_ROWS>(Portable, t) }
}

#[cfg(not(target_arch = "aarch64"))]
static PORTABLE: Tiles = {
    let by_rows: &[TileFn] = tile_set!(tile_portable, 4, true, [1 2 3]);
    let by_columns: &[TileFn] = tile_set!(tile_portable, 4, false, [1 2 3]);
    Tiles {
        columns: PANEL,
        narrow_rows: by_rows,
        wide_rows: by_rows,
        narrow_columns: by_columns,
        wide_columns: by_columns,
    }
};

#[cfg(target_arch = "aarch64")]
static PORTABLE: Tiles = {
    let by_rows: &[TileFn] = tile_set!(tile_portable, 4, true, [1 2 3 4 5 6]);
    let by_columns: &[TileFn] = tile_set!(tile_portable, 4, false, [1 2 3 4 5 6]);
    Tiles {
        columns: PANEL,
        narrow_rows: by_rows,
        wide_rows: by_rows,
        narrow_columns: by_columns,
        wide_columns: by_columns,
    }
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::on_every_isa;

    #[test]
    fn even_parts_cover_all_rows_once() {
        for total in 0..100 {
            for most in 1..15 {
                let mut next = 0;
                for (first, rows) in even_parts(total, most) {
                    assert_eq!(first, next);
                    assert!((1..=most).contains(&rows));
                    next += rows;
                }
                assert_eq!(next, total);
            }
        }
    }

    /// Every number of rows and columns, both layouts, against the formula.
    #[test]
    fn every_tile_is_the_formula() {
        let depth = [2, 3, 4];
        let value = |i: usize| ((i * 7919) % 23) as f32 - 11.0;
        let bias: Vec<f32> = (0..64).map(|j| value(j + 5)).collect();
        for rows in 1..30 {
            for columns in [1, 5, 8, 9, 16, 17, 31, 32, 33, 48] {
                for (a_step, a_row) in [(1, 50), (40, 1)] {
                    let a: Vec<f32> = (0..2000).map(value).collect();
                    let b: Vec<f32> = (0..4 * 700).map(value).collect();
                    let product = Product {
                        rows,
                        columns,
                        depth,
                        a: &a,
                        a_outer: 200,
                        a_inner: 6,
                        a_step,
                        a_row,
                        b: &b,
                        b_outer: 250,
                        b_inner: 70,
                        b_step: 17,
                        b_panel: 700,
                        bias: (rows % 2 == 0).then_some(&bias[..]),
                        c_row: columns + 3,
                        finish: [Finish::Set, Finish::Add, Finish::Relu, Finish::Relu6]
                            [columns % 4],
                    };
                    let mut expected: Vec<f32> = (0..rows * (columns + 3)).map(value).collect();
                    let before = expected.clone();
                    for p in 0..rows {
                        for j in 0..columns {
                            let mut sum = product.bias.map_or(0.0, |bias| bias[j]);
                            for o in 0..2 {
                                for i in 0..3 {
                                    for k in 0..4 {
                                        sum += a[o * 200 + i * 6 + k * a_step + p * a_row]
                                            * b[o * 250 + i * 70 + k * 17 + j / 16 * 700 + j % 16];
                                    }
                                }
                            }
                            let c = &mut expected[p * (columns + 3) + j];
                            *c = match product.finish {
                                Finish::Set => sum,
                                Finish::Add => *c + sum,
                                Finish::Relu => sum.max(0.0),
                                Finish::Relu6 => sum.clamp(0.0, 6.0),
                            };
                        }
                    }
                    on_every_isa(|isa| {
                        let mut c = before.clone();
                        product.run(tiles(), &mut c);
                        assert_eq!(c, expected, "{isa:?}, {rows} rows, {columns} columns");
                    });
                }
            }
        }
    }
}

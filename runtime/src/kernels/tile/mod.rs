//! The one register tile under convolutions and matrix products: `C = A * B` with `C` in registers.
//!
//! A tile of `rows` by one or two panels of 16 columns is kept in registers while the depth runs by: each step loads
//! a row of `B` and multiplies it by one number from each row of `A`, broadcast. Everything else is strides. The
//! depth has three levels, so that the window of a convolution (kernel rows, kernel columns, channels) or the pixels
//! of several pictures (pictures, rows, columns) are one product without being copied together.

mod registers;
#[cfg(test)]
mod tests;
mod transpose;

use std::ops::Range;

use super::activation::Activation;
use super::length::product;
use registers::{Tile, TileFn};
pub use registers::{Tiles, tiles};
pub use transpose::transpose;

/// Columns that stand side by side in a packed operand, whatever the instruction set.
pub const PANEL: usize = 16;

/// Numbers of `a` that stay in a core's caches while one panel after the other is multiplied by them.
const BLOCK: usize = 1 << 14;

/// Rows for which a panel is worth being fetched anew.
pub const BLOCK_ROWS: usize = 168;

/// Numbers after which addresses fall into the same set of the first cache again: 4 KiB, whatever its size.
const ALIAS: usize = 1024;

/// Lines of one set. As many rows of `a` so far apart would push each other out, and a line of `b` too.
const WAYS: usize = 8;

/// Tiles that are worth a loop.
const LOOPED: usize = 3;

/// What happens to a finished tile: `c = clamp(tile)`, or `c = clamp(c + tile)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Finish {
    /// Whether the tile is added to what `c` holds.
    pub add: bool,
    /// Whether the tile's sums go on from what `c` holds, in place of a bias: then a product cut along its depth has the bits of the
    /// whole one.
    pub resume: bool,
    /// The least and the greatest number that it lets through.
    pub bounds: [f32; 2],
}

impl Finish {
    /// `c = tile`
    pub const SET: Self = Self {
        add: false,
        resume: false,
        bounds: [f32::NEG_INFINITY, f32::INFINITY],
    };

    /// `c += tile`
    pub const ADD: Self = Self {
        add: true,
        ..Self::SET
    };

    /// Whether to set or to add.
    pub const fn adding(add: bool) -> Self {
        if add { Self::ADD } else { Self::SET }
    }

    /// What a tile can do of an activation, and whether that is all of it.
    pub const fn of(act: Activation) -> (Self, bool) {
        let (bounds, all) = match act {
            Activation::Identity => (Self::SET.bounds, true),
            Activation::Relu => ([0.0, f32::INFINITY], true),
            Activation::Relu6 => ([0.0, 6.0], true),
            _ => (Self::SET.bounds, false),
        };
        (
            Self {
                bounds,
                ..Self::SET
            },
            all,
        )
    }

    /// What a tile can do of an activation, and what is left of it.
    pub const fn and_left(act: Activation) -> (Self, Activation) {
        match Self::of(act) {
            (finish, true) => (finish, Activation::Identity),
            (finish, false) => (finish, act),
        }
    }

    /// Whether there are bounds.
    #[inline(always)]
    pub(in crate::kernels) fn clamps(&self) -> bool {
        self.bounds != Self::SET.bounds
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
    /// What the sums start from, zero if absent; not read where they [go on](Finish::resume).
    pub bias: Option<&'a [f32]>,
    /// Distance of rows in `c`.
    pub c_row: usize,
    /// Distance in `c` of one panel of columns to the next; `PANEL` where rows are contiguous.
    pub c_panel: usize,
    /// What happens to a finished tile.
    pub finish: Finish,
}

/// The index that so many steps of such strides from `start` lead to; one that doesn't fit is the index of nothing.
#[inline]
fn farthest<const N: usize>(start: usize, steps: [(usize, usize); N]) -> usize {
    let steps = steps.into_iter();
    steps.fold(start, |at, (count, stride)| {
        at.saturating_add(product([count, stride]))
    })
}

/// Into how many blocks rows are cut, so that what they read of `a` stays in the caches for all panels.
pub fn blocks(rows: usize, depth: [usize; 3]) -> usize {
    if rows < 2 * BLOCK_ROWS {
        return 1;
    }
    let most = BLOCK_ROWS.max(BLOCK / product(depth).max(1));
    (rows / most).max(1)
}

/// Cuts `total` rows into tiles of at most `most` rows that differ by at most one: `(first row, rows, tiles)` of those of one size.
fn even_parts(total: usize, most: usize) -> impl Iterator<Item = (usize, usize, usize)> {
    let parts = total.div_ceil(most).max(1);
    let (rows, longer) = (total / parts, total % parts);
    let sizes = [
        (0, rows + 1, longer),
        (longer * (rows + 1), rows, parts - longer),
    ];
    sizes
        .into_iter()
        .filter(|(_, rows, tiles)| *rows > 0 && *tiles > 0)
}

impl Product<'_> {
    /// Computes the product into `c`.
    ///
    /// # Panics
    /// If an operand is too short for the strides, panels of `c` overlap, or neither `a_step` nor `a_row` is 1.
    pub fn run(&self, tiles: &Tiles, c: &mut [f32]) {
        self.run_each(tiles, 1, [0, 0, 0], c);
    }

    /// Computes `times` products, whose operands `a` and `b` and results `c` lie at `distances` from each other.
    ///
    /// # Panics
    /// As [`Product::run`].
    pub fn run_each(&self, tiles: &Tiles, times: usize, distances: [usize; 3], c: &mut [f32]) {
        if self.rows == 0 || self.columns == 0 || times == 0 {
            return;
        }
        self.check(distances.map(|distance| product([times - 1, distance])), c);
        // Only where a row of `a` lies together: else blocks would read parts of lines.
        let at_once = match times {
            1 if self.a_step == 1 && self.columns > tiles.columns => {
                match blocks(self.rows, self.depth) {
                    1 => self.rows,
                    parts => (self.rows.div_ceil(parts)).next_multiple_of(tiles.wide_rows.len()),
                }
            }
            _ => self.rows,
        };
        for first in (0..self.rows).step_by(at_once) {
            let rows = first..self.rows.min(first.saturating_add(at_once));
            let mut column = 0;
            while column < self.columns {
                let wide = self.columns - column > PANEL && tiles.columns > PANEL;
                let most = if wide { tiles.columns } else { PANEL };
                let columns = column..self.columns.min(column + most);
                let mut set = match (self.a_step == 1, wide, columns.len() <= PANEL / 2) {
                    (true, true, _) => tiles.wide_rows,
                    (true, false, true) => tiles.half_rows,
                    (true, false, false) => tiles.narrow_rows,
                    (false, true, _) => tiles.wide_columns,
                    (false, false, true) => tiles.half_columns,
                    (false, false, false) => tiles.narrow_columns,
                };
                if self.a_step == 1 && self.a_row.is_multiple_of(ALIAS) {
                    set = &set[..set.len().min(WAYS - 1)];
                }
                self.panels(set, rows.clone(), columns, times, distances, c);
                column += most;
            }
        }
    }

    /// Computes the product of rows that lie anywhere: at `listed` in `a` and in `c`, in place of `rows`, `a_row` and `c_row`.
    /// Where tiles [ask for it](Tiles::lists).
    ///
    /// # Panics
    /// As [`Product::run`].
    pub fn run_listed(&self, tiles: &Tiles, listed: &[[usize; 2]], c: &mut [f32]) {
        if listed.is_empty() || self.columns == 0 {
            return;
        }
        let farthest = |side: usize| listed.iter().map(|at| at[side]).max().unwrap_or(0);
        let one = Self { rows: 1, ..*self };
        one.check([farthest(0), 0, farthest(1)], c);
        assert!(self.a_step == 1, "tile: listed rows of another layout");
        for column in (0..self.columns).step_by(PANEL) {
            let columns = column..self.columns.min(column + PANEL);
            let set = match columns.len() <= PANEL / 2 {
                true => tiles.listed_half_rows,
                false => tiles.listed_rows,
            };
            let mut tile = one.tile(columns, c);
            for (first, len, count) in even_parts(listed.len(), set.len()) {
                for listed in listed[first..].chunks_exact(len).take(count) {
                    tile.listed = listed.as_ptr();
                    // SAFETY: `check` has compared the farthest index of each operand with its length, the list has
                    // as many rows, and the set of tiles is one for the instructions that the machine has.
                    unsafe { set[len - 1](&tile) };
                }
            }
        }
    }

    /// The tile at the first row of the columns of one.
    #[inline]
    fn tile(&self, columns: Range<usize>, c: &mut [f32]) -> Tile {
        let panel = columns.start / PANEL;
        let by_rows = self.a_step == 1;
        Tile {
            depth: self.depth,
            a: self.a.as_ptr(),
            a_outer: self.a_outer,
            a_inner: self.a_inner,
            a_stride: if by_rows { self.a_row } else { self.a_step },
            b: self.b.as_ptr().wrapping_add(panel * self.b_panel),
            b_outer: self.b_outer,
            b_inner: self.b_inner,
            b_step: self.b_step,
            b_panel: self.b_panel,
            bias: match self.bias {
                Some(bias) => bias[columns.start..].as_ptr(),
                None => std::ptr::null(),
            },
            c: c.as_mut_ptr().wrapping_add(panel * self.c_panel),
            c_row: self.c_row,
            c_panel: self.c_panel,
            listed: std::ptr::null(),
            columns: columns.len(),
            finish: self.finish,
            times: 1,
            distances: [0; 3],
        }
    }

    /// Some rows of the columns of one tile, of each product; `check` has seen `c`.
    #[inline]
    fn panels(
        &self,
        set: &[TileFn],
        rows: Range<usize>,
        columns: Range<usize>,
        times: usize,
        distances: [usize; 3],
        c: &mut [f32],
    ) {
        let mut tile = self.tile(columns, c);
        (tile.times, tile.distances) = (times, distances);
        let (a, c) = (tile.a, tile.c);
        for (first, len, count) in even_parts(rows.len(), set.len()) {
            let first = rows.start + first;
            // Tiles of one product follow each other.
            let looped = times == 1 && count >= LOOPED;
            if looped {
                tile.times = count;
                tile.distances = [len * self.a_row, 0, len * self.c_row];
            }
            for row in (first..).step_by(len).take(if looped { 1 } else { count }) {
                tile.a = a.wrapping_add(row * self.a_row);
                tile.c = c.wrapping_add(row * self.c_row);
                // SAFETY: `check` has compared the farthest index of each operand with its length, and the set of
                // tiles is one for the instructions that the machine has.
                unsafe { set[len - 1](&tile) };
            }
            (tile.times, tile.distances) = (times, distances);
        }
    }

    /// Compares the farthest index that the strides reach, of the last of several products, with the lengths.
    fn check(&self, last: [usize; 3], c: &[f32]) {
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
        // Else an earlier panel would reach farther than the last.
        assert!(
            self.c_panel >= PANEL || self.columns <= PANEL,
            "tile: panels of the output overlap"
        );
        let in_panel = (self.columns - 1) % PANEL;
        let c_last = farthest(
            last[2].saturating_add(in_panel),
            [
                (self.rows - 1, self.c_row),
                ((self.columns - 1) / PANEL, self.c_panel),
            ],
        );
        assert!(c_last < c.len(), "tile: the output is too short");
        let [outer, inner, len] = self.depth;
        if outer == 0 || inner == 0 || len == 0 {
            return;
        }
        let a = farthest(
            last[0],
            [
                (outer - 1, self.a_outer),
                (inner - 1, self.a_inner),
                (len - 1, self.a_step),
                (self.rows - 1, self.a_row),
            ],
        );
        assert!(
            a < self.a.len(),
            "tile: the first operand is too short: {} for index {a}",
            self.a.len()
        );
        let b = farthest(
            last[1].saturating_add(PANEL - 1),
            [
                (outer - 1, self.b_outer),
                (inner - 1, self.b_inner),
                (len - 1, self.b_step),
                ((self.columns - 1) / PANEL, self.b_panel),
            ],
        );
        assert!(
            b < self.b.len(),
            "tile: the second operand is too short: {} for index {b}",
            self.b.len()
        );
    }
}

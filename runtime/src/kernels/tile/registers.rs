//! A tile in registers, for each instruction set and number of rows.

// Registers are numbered: `p` is the row and `v` the vector everywhere.
#![allow(clippy::needless_range_loop)]

use super::{Finish, PANEL};
#[cfg(target_arch = "x86_64")]
use crate::simd::{Avx2, Avx512};
use crate::simd::{Isa, Portable, Simd};

/// One tile of a product: pointers at its first row and column.
pub(super) struct Tile {
    pub depth: [usize; 3],
    pub a: *const f32,
    pub a_outer: usize,
    pub a_inner: usize,
    /// `a_row` or `a_step`, whichever is not 1.
    pub a_stride: usize,
    pub b: *const f32,
    pub b_outer: usize,
    pub b_inner: usize,
    pub b_step: usize,
    pub b_panel: usize,
    /// Null for zero.
    pub bias: *const f32,
    pub c: *mut f32,
    pub c_row: usize,
    pub c_panel: usize,
    /// Where the rows lie in `a` and `c`, for tiles that read this in place of `a_stride` and `c_row`.
    pub listed: *const [usize; 2],
    pub columns: usize,
    pub finish: Finish,
    /// How many such tiles there are.
    pub times: usize,
    /// Their distances in `a`, `b` and `c`.
    pub distances: [usize; 3],
}

/// Tiles in a row of a picture that is long enough by itself.
const LONG_TILES: usize = 5;

/// The depth is contiguous in `a`.
const BY_ROWS: u8 = 0;

/// The rows are contiguous in `a`.
const BY_COLUMNS: u8 = 1;

/// The depth is contiguous in `a`, and rows lie where [`Tile::listed`] says.
const LISTED: u8 = 2;

pub(super) type TileFn = unsafe fn(&Tile);

/// The tiles of an instruction set, by their number of rows less one.
pub struct Tiles {
    /// Columns of the widest tile.
    pub columns: usize,
    /// One panel, `a_step == 1`.
    pub(super) narrow_rows: &'static [TileFn],
    /// As many panels as are widest, `a_step == 1`.
    pub(super) wide_rows: &'static [TileFn],
    /// One panel, `a_step == 1`, rows that are listed; none where that has not been measured to pay.
    pub(super) listed_rows: &'static [TileFn],
    /// At most half a panel, `a_step == 1`: more rows, fewer vectors.
    pub(super) half_rows: &'static [TileFn],
    /// At most half a panel, rows that are listed.
    pub(super) listed_half_rows: &'static [TileFn],
    /// At most half a panel, `a_row == 1`.
    pub(super) half_columns: &'static [TileFn],
    /// One panel, `a_row == 1`.
    pub(super) narrow_columns: &'static [TileFn],
    /// As many panels as are widest, `a_row == 1`.
    pub(super) wide_columns: &'static [TileFn],
}

impl Tiles {
    /// Whether rows of a picture, of so many pixels, had better be joined by [lists](super::Product::run_listed): where they don't
    /// fill their tiles.
    pub fn lists(&self, pixels: usize) -> bool {
        let most = self.listed_rows.len();
        pixels < LONG_TILES * most && !pixels.is_multiple_of(most)
    }
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

/// Tiles of `P` rows by `V` vectors; for `LAYOUT` see [`BY_ROWS`] and the others.
///
/// # Safety
/// All that the formula of [`Product`] reads and writes for these rows and columns must be there.
#[inline(always)]
unsafe fn tile<S: Simd, const P: usize, const V: usize, const LAYOUT: u8>(simd: S, t: &Tile) {
    let (mut a, mut b, mut c) = (t.a, t.b, t.c);
    // One alone doesn't wait for what a loop prepares.
    if t.times == 1 {
        // SAFETY: the caller's promise.
        return unsafe { one::<S, P, V, LAYOUT>(simd, t, a, b, c) };
    }
    for _ in 0..t.times {
        // SAFETY: the caller's promise; pointers are only moved past the ends by `wrapping_add`, and not read there.
        unsafe { one::<S, P, V, LAYOUT>(simd, t, a, b, c) };
        a = a.wrapping_add(t.distances[0]);
        b = b.wrapping_add(t.distances[1]);
        c = c.wrapping_add(t.distances[2]);
    }
}

/// One tile of them.
///
/// # Safety
/// As [`tile`].
#[inline(always)]
unsafe fn one<S: Simd, const P: usize, const V: usize, const LAYOUT: u8>(
    simd: S,
    t: &Tile,
    a: *const f32,
    b: *const f32,
    c: *mut f32,
) {
    // SAFETY: the caller's promise.
    unsafe {
        let at = places::<P, LAYOUT>(t);
        let c_at = at.map(|[_, c]| c);
        let sums = start::<S, P, V>(simd, t, c, &c_at);
        let sums = sum::<S, P, V, LAYOUT>(simd, t, a, b, &at.map(|[a, _]| a), sums);
        finish::<S, P, V>(simd, t, sums, c, &c_at);
    }
}

/// Where the rows lie in `a` and `c`.
///
/// # Safety
/// They must be listed, if the tile reads a list.
#[inline(always)]
unsafe fn places<const P: usize, const LAYOUT: u8>(t: &Tile) -> [[usize; 2]; P] {
    let mut places = [[0; 2]; P];
    for p in 0..P {
        places[p] = match LAYOUT {
            // SAFETY: the caller's promise.
            LISTED => unsafe { *t.listed.wrapping_add(p) },
            BY_COLUMNS => [p, p * t.c_row],
            _ => [p * t.a_stride, p * t.c_row],
        };
    }
    places
}

/// Where vector `v` of a row lies whose panels are so far apart.
#[inline(always)]
fn offset<S: Simd>(v: usize, panel: usize) -> usize {
    v * S::LANES / PANEL * panel + v * S::LANES % PANEL
}

/// What `c` holds, zero behind the last column.
///
/// # Safety
/// As [`tile`].
#[inline(always)]
unsafe fn load<S: Simd, const P: usize, const V: usize>(
    simd: S,
    t: &Tile,
    c: *const f32,
    at: &[usize; P],
) -> [[S::F; V]; P] {
    let mut values = [[simd.splat(0.0); V]; P];
    for p in 0..P {
        for v in 0..V {
            let c = c.wrapping_add(at[p] + offset::<S>(v, t.c_panel));
            // SAFETY: the caller's promise.
            values[p][v] = unsafe {
                if t.columns == V * S::LANES {
                    simd.load_at(c)
                } else {
                    simd.load_first_at(c, lanes_of::<S>(v, t.columns))
                }
            };
        }
    }
    values
}

/// Lanes of vector `v` before the last column.
#[inline(always)]
fn lanes_of<S: Simd>(v: usize, columns: usize) -> usize {
    columns.saturating_sub(v * S::LANES).min(S::LANES)
}

/// What the sums start from.
///
/// # Safety
/// As [`tile`].
#[inline(always)]
unsafe fn start<S: Simd, const P: usize, const V: usize>(
    simd: S,
    t: &Tile,
    c: *const f32,
    at: &[usize; P],
) -> [[S::F; V]; P] {
    // SAFETY: the caller's promise.
    unsafe {
        if t.finish.resume {
            return load::<S, P, V>(simd, t, c, at);
        }
        let mut bias = [simd.splat(0.0); V];
        if !t.bias.is_null() {
            for v in 0..V {
                let lanes = lanes_of::<S>(v, t.columns);
                bias[v] = simd.load_first_at(t.bias.wrapping_add(v * S::LANES), lanes);
            }
        }
        [bias; P]
    }
}

/// The sums, going on from what they are.
///
/// # Safety
/// As [`tile`].
#[inline(always)]
unsafe fn sum<S: Simd, const P: usize, const V: usize, const LAYOUT: u8>(
    simd: S,
    t: &Tile,
    a: *const f32,
    b: *const f32,
    at: &[usize; P],
    mut sums: [[S::F; V]; P],
) -> [[S::F; V]; P] {
    let step = if LAYOUT == BY_COLUMNS { t.a_stride } else { 1 };
    let [outer, inner, len] = t.depth;
    for o in 0..outer {
        for i in 0..inner {
            let mut a = a.wrapping_add(o * t.a_outer + i * t.a_inner);
            let mut b = b.wrapping_add(o * t.b_outer + i * t.b_inner);
            for _ in 0..len {
                let mut values = [simd.splat(0.0); V];
                for v in 0..V {
                    // SAFETY: the caller's promise.
                    values[v] = unsafe { simd.load_at(b.wrapping_add(offset::<S>(v, t.b_panel))) };
                }
                for p in 0..P {
                    // SAFETY: the caller's promise.
                    let x = simd.splat(unsafe { *a.wrapping_add(at[p]) });
                    for v in 0..V {
                        sums[p][v] = simd.fma(x, values[v], sums[p][v]);
                    }
                }
                a = a.wrapping_add(step);
                b = b.wrapping_add(t.b_step);
            }
        }
    }
    sums
}

/// Writes the finished sums.
///
/// # Safety
/// As [`tile`].
#[inline(always)]
unsafe fn finish<S: Simd, const P: usize, const V: usize>(
    simd: S,
    t: &Tile,
    mut sums: [[S::F; V]; P],
    c: *mut f32,
    at: &[usize; P],
) {
    if t.finish.add {
        // SAFETY: the caller's promise.
        let before = unsafe { load::<S, P, V>(simd, t, c, at) };
        for p in 0..P {
            for v in 0..V {
                sums[p][v] = simd.add(before[p][v], sums[p][v]);
            }
        }
    }
    if t.finish.clamps() {
        let [least, greatest] = t.finish.bounds.map(|bound| simd.splat(bound));
        for p in 0..P {
            for v in 0..V {
                sums[p][v] = simd.min(greatest, simd.max(least, sums[p][v]));
            }
        }
    }
    for p in 0..P {
        for v in 0..V {
            let c = c.wrapping_add(at[p] + offset::<S>(v, t.c_panel));
            // SAFETY: the caller's promise.
            unsafe {
                if t.columns == V * S::LANES {
                    simd.store_at(c, sums[p][v]);
                } else {
                    simd.store_first_at(c, lanes_of::<S>(v, t.columns), sums[p][v]);
                }
            }
        }
    }
}

/// The tiles of `vectors` vectors and each number of rows.
macro_rules! tile_set {
    ($function:ident, $vectors:literal, $layout:ident, [$($rows:literal)*]) => {
        &[$($function::<$rows, $vectors, $layout>),*]
    };
}

/// # Safety
/// As [`tile`], on a machine with AVX-512.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")]
unsafe fn tile_avx512<const P: usize, const V: usize, const LAYOUT: u8>(t: &Tile) {
    // SAFETY: the caller's promises.
    unsafe { tile::<_, P, V, LAYOUT>(Avx512::new(), t) }
}

#[cfg(target_arch = "x86_64")]
static AVX512: Tiles = {
    let narrow_rows: &[TileFn] =
        tile_set!(tile_avx512, 1, BY_ROWS, [1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16]);
    let narrow_columns: &[TileFn] = tile_set!(tile_avx512, 1, BY_COLUMNS, [1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24]);
    Tiles {
        columns: 32,
        narrow_rows,
        half_rows: narrow_rows,
        listed_half_rows: &[],
        half_columns: narrow_columns,
        wide_rows: tile_set!(tile_avx512, 2, BY_ROWS, [1 2 3 4 5 6 7 8 9 10 11 12 13 14]),
        listed_rows: &[],
        narrow_columns,
        wide_columns: tile_set!(tile_avx512, 2, BY_COLUMNS, [1 2 3 4 5 6 7 8 9 10 11 12 13 14]),
    }
};

/// # Safety
/// As [`tile`], on a machine with AVX2 and FMA.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn tile_avx2<const P: usize, const V: usize, const LAYOUT: u8>(t: &Tile) {
    // SAFETY: the caller's promises.
    unsafe { tile::<_, P, V, LAYOUT>(Avx2::new(), t) }
}

#[cfg(target_arch = "x86_64")]
static AVX2: Tiles = {
    let by_rows: &[TileFn] = tile_set!(tile_avx2, 2, BY_ROWS, [1 2 3 4 5 6]);
    let by_columns: &[TileFn] = tile_set!(tile_avx2, 2, BY_COLUMNS, [1 2 3 4 5 6]);
    Tiles {
        columns: PANEL,
        narrow_rows: by_rows,
        wide_rows: by_rows,
        listed_rows: tile_set!(tile_avx2, 2, LISTED, [1 2 3 4 5 6]),
        half_rows: tile_set!(tile_avx2, 1, BY_ROWS, [1 2 3 4 5 6 7 8 9 10 11 12]),
        listed_half_rows: tile_set!(tile_avx2, 1, LISTED, [1 2 3 4 5 6 7 8 9 10 11 12]),
        half_columns: tile_set!(tile_avx2, 1, BY_COLUMNS, [1 2 3 4 5 6 7 8 9 10 11 12]),
        narrow_columns: by_columns,
        wide_columns: by_columns,
    }
};

/// # Safety
/// As [`tile`].
unsafe fn tile_portable<const P: usize, const V: usize, const LAYOUT: u8>(t: &Tile) {
    // SAFETY: the caller's promise.
    unsafe { tile::<_, P, V, LAYOUT>(Portable, t) }
}

#[cfg(not(target_arch = "aarch64"))]
static PORTABLE: Tiles = {
    let by_rows: &[TileFn] = tile_set!(tile_portable, 4, BY_ROWS, [1 2 3]);
    let by_columns: &[TileFn] = tile_set!(tile_portable, 4, BY_COLUMNS, [1 2 3]);
    Tiles {
        columns: PANEL,
        narrow_rows: by_rows,
        wide_rows: by_rows,
        listed_rows: &[],
        half_rows: by_rows,
        listed_half_rows: &[],
        half_columns: by_columns,
        narrow_columns: by_columns,
        wide_columns: by_columns,
    }
};

#[cfg(target_arch = "aarch64")]
static PORTABLE: Tiles = {
    let by_rows: &[TileFn] = tile_set!(tile_portable, 4, BY_ROWS, [1 2 3 4 5 6]);
    let by_columns: &[TileFn] = tile_set!(tile_portable, 4, BY_COLUMNS, [1 2 3 4 5 6]);
    Tiles {
        columns: PANEL,
        narrow_rows: by_rows,
        wide_rows: by_rows,
        listed_rows: &[],
        half_rows: by_rows,
        listed_half_rows: &[],
        half_columns: by_columns,
        narrow_columns: by_columns,
        wide_columns: by_columns,
    }
};

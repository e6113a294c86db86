//! Sums over rows for each channel, which go through memory in the order in which it lies: machines foresee that, and it is twice as
//! fast as one vector of channels down many rows.

use std::mem::MaybeUninit;
use std::ops::Range;

use super::sweep::{All, Lanes, sweep};
use crate::simd::Simd;

/// Values in a block of rows that stays in the first cache: 8 KiB.
const BLOCK: usize = 2048;

/// Rows in such a block at least: what is done once for each is little beside them.
const LEAST_ROWS: usize = 8;

/// The most channels whose sums a pass holds.
const STRIP: usize = 2048;

/// Channels in parts of at most [`STRIP`].
#[inline(always)]
pub(super) fn strips(channels: usize) -> impl Iterator<Item = Range<usize>> {
    (0..channels)
        .step_by(STRIP)
        .map(move |first| first..channels.min(first + STRIP))
}

/// Room for a number for each channel of a strip.
#[inline(always)]
pub(super) fn strip() -> [MaybeUninit<f32>; STRIP] {
    [MaybeUninit::uninit(); STRIP]
}

/// The blocks of `rows`, of about `values` numbers each: first row and number of rows.
#[inline(always)]
pub(super) fn blocks(
    values: usize,
    channels: usize,
    rows: usize,
) -> impl Iterator<Item = (usize, usize)> {
    let size = (values / channels.max(1)).max(1);
    // Rows of nothing may be more than can be counted through.
    let rows = if channels == 0 { 0 } else { rows };
    (0..rows)
        .step_by(size)
        .map(move |first| (first, size.min(rows - first)))
}

/// The blocks of rows that stay in the first cache, and in which rows are added up one after the other: the sums of blocks are then added,
/// so that little is lost by rounding.
#[inline(always)]
pub(super) fn cached_blocks(channels: usize, rows: usize) -> impl Iterator<Item = (usize, usize)> {
    blocks(BLOCK.max(LEAST_ROWS * channels), channels, rows)
}

/// What is added up over rows: `K` sums for each channel.
pub(super) trait Summed<const K: usize> {
    /// Adds what the channels from `at` on have in a row.
    ///
    /// # Safety
    /// The row and the lanes must be inside.
    unsafe fn add<S: Simd, L: Lanes>(
        &self,
        simd: S,
        row: usize,
        at: usize,
        lanes: L,
        sums: &mut [S::F; K],
    );
}

/// Sets `to` to the sums of `count` rows of `len` channels, one row after the other: in registers where these hold them, with the same
/// bits where they don't.
///
/// # Safety
/// The rows and channels must be inside `summed`, and `to` writable for the channels.
#[inline(always)]
pub(super) unsafe fn sum_rows<S: Simd, A: Summed<K>, const K: usize>(
    simd: S,
    summed: &A,
    count: usize,
    len: usize,
    to: [*mut f32; K],
) {
    // SAFETY: the caller's promise.
    unsafe {
        match (len / S::LANES, len.is_multiple_of(S::LANES)) {
            (1, true) => sum_in_registers::<S, A, K, 1>(simd, summed, count, to),
            (2, true) => sum_in_registers::<S, A, K, 2>(simd, summed, count, to),
            (4, true) => sum_in_registers::<S, A, K, 4>(simd, summed, count, to),
            _ => {
                sweep!(simd: len, |at, lanes| {
                    for to in to {
                        lanes.store(simd, to.add(at), simd.splat(0.0));
                    }
                });
                for row in 0..count {
                    sweep!(simd: len, |at, lanes| {
                        let mut sums = to.map(|to| lanes.load(simd, to.add(at)));
                        summed.add(simd, row, at, lanes, &mut sums);
                        for (to, sum) in to.into_iter().zip(sums) {
                            lanes.store(simd, to.add(at), sum);
                        }
                    });
                }
            }
        }
    }
}

/// [`sum_rows`] of `V` vectors of channels.
///
/// # Safety
/// As for that.
#[inline(always)]
unsafe fn sum_in_registers<S: Simd, A: Summed<K>, const K: usize, const V: usize>(
    simd: S,
    summed: &A,
    count: usize,
    to: [*mut f32; K],
) {
    let mut sums = [[simd.splat(0.0); K]; V];
    // SAFETY: the caller's promise.
    unsafe {
        for row in 0..count {
            for (v, sums) in sums.iter_mut().enumerate() {
                summed.add(simd, row, v * S::LANES, All, sums);
            }
        }
        for (v, sums) in sums.into_iter().enumerate() {
            for (to, sum) in to.into_iter().zip(sums) {
                simd.store_at(to.add(v * S::LANES), sum);
            }
        }
    }
}

/// Rows as they are.
pub(super) struct Values {
    pub x: *const f32,
    /// Distance of rows.
    pub channels: usize,
}

impl Summed<1> for Values {
    #[inline(always)]
    unsafe fn add<S: Simd, L: Lanes>(
        &self,
        simd: S,
        row: usize,
        at: usize,
        lanes: L,
        [sum]: &mut [S::F; 1],
    ) {
        // SAFETY: the caller's promise.
        let x = unsafe { lanes.load(simd, self.x.add(row * self.channels + at)) };
        *sum = simd.add(*sum, x);
    }
}

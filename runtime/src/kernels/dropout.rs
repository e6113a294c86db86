//! Dropout: elements set to zero at random in training, the others scaled up to make good for them. What isn't finite
//! doesn't vanish: dropped, it is NaN.
//!
//! There is no generator and no stored mask. Whether element `i` of a batch is kept is a hash of `(key, i)`, so that
//! the backward pass finds the same mask again, and a batch has the same one however it is cut into chunks.
//! Source: Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from overfitting".

use super::sweep::{Flow, Lanes, sweep};
use crate::kernels::length::check_len;
use crate::simd::{Kernel, Portable, Simd, dispatch};

/// Keeps each element with probability `1 - rate`, scaled by `1 / (1 - rate)`; the others become 0.
///
/// `key` is new for every layer and step; `first` is the index in the whole batch of this chunk's first element.
///
/// # Panics
/// If `rate` isn't in `0.0..1.0` or the lengths differ.
pub fn forward(rate: f32, key: u64, first: u64, x: &[f32], y: &mut [f32]) {
    check_len(x.len(), y.len(), "dropout: length of x");
    apply(rate, key, first, Flow::between(x, y));
}

/// [`forward`] on values that it replaces.
///
/// # Panics
/// If `rate` isn't in `0.0..1.0`.
pub fn forward_in_place(rate: f32, key: u64, first: u64, x: &mut [f32]) {
    apply(rate, key, first, Flow::in_place(x));
}

/// `dx = dy` scaled where [`forward`] with the same `rate`, `key` and `first` kept the element, else 0.
///
/// # Panics
/// If `rate` isn't in `0.0..1.0` or the lengths differ.
pub fn backward(rate: f32, key: u64, first: u64, dy: &[f32], dx: &mut [f32]) {
    forward(rate, key, first, dy, dx);
}

/// [`backward`] on gradients that it replaces.
///
/// # Panics
/// If `rate` isn't in `0.0..1.0`.
pub fn backward_in_place(rate: f32, key: u64, first: u64, d: &mut [f32]) {
    forward_in_place(rate, key, first, d);
}

/// Whether [`forward`] keeps element `index` of the batch.
///
/// # Panics
/// If `rate` isn't in `0.0..1.0`.
pub fn keeps(rate: f32, key: u64, index: u64) -> bool {
    let mask = Mask::new(rate, key, index >> 32);
    mask.apply(
        Portable,
        Portable.int_splat(index as u32 as i32),
        Portable.splat(1.0),
    )[0] != 0.0
}

/// Applies the mask in pieces within which the upper half of the index stays the same.
fn apply(rate: f32, key: u64, first: u64, flow: Flow<'_>) {
    let mut start = 0;
    while start < flow.len() {
        let index = first.wrapping_add(start as u64);
        let left = (1_u64 << 32) - (index & 0xffff_ffff);
        let length = (flow.len() - start).min(usize::try_from(left).unwrap_or(usize::MAX));
        let mask = Mask::new(rate, key, index >> 32);
        dispatch(Piece {
            mask,
            index: index as u32 as i32,
            flow: &flow,
            start,
            length,
        });
        start += length;
    }
}

/// `length` values from `start` on, of which the first has this (lower half of an) index.
struct Piece<'a> {
    mask: Mask,
    index: i32,
    flow: &'a Flow<'a>,
    start: usize,
    length: usize,
}

impl Kernel for Piece<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let (flow, start) = (self.flow, self.start);
        assert!(start + self.length <= flow.len());
        let first = simd.int_add(simd.int_splat(self.index), simd.int_iota());
        // SAFETY: `sweep` stays inside the length it is given, and the piece inside the flow.
        sweep!(simd: self.length, |at, lanes| unsafe {
            let index = simd.int_add(first, simd.int_splat(at as u32 as i32));
            let x = lanes.load(simd, flow.from(start + at));
            lanes.store(simd, flow.to(start + at), self.mask.apply(simd, index, x));
        });
    }
}

/// A rate, a key and the upper half of the index, prepared.
#[derive(Clone, Copy)]
struct Mask {
    /// Added to the index before the first round, and mixed in between the rounds.
    keys: [i32; 2],
    /// Hashes below it are dropped; both shifted by -2³¹, since comparisons are signed.
    threshold: i32,
    scale: f32,
}

impl Mask {
    /// The keys are SplitMix64's finaliser of key and upper half.
    fn new(rate: f32, key: u64, upper: u64) -> Self {
        assert!(
            (0.0..1.0).contains(&rate),
            "dropout: the rate must be in 0.0..1.0, got {rate}"
        );
        let mut z = key.wrapping_add((upper + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        Mask {
            keys: [z as u32 as i32, (z >> 32) as i32],
            // The conversion stops at u32::MAX.
            threshold: ((f64::from(rate) * 4_294_967_296.0).round() as u32 ^ 1 << 31) as i32,
            scale: 1.0 / (1.0 - rate),
        }
    }

    /// `x` scaled where the hash of the index says so, else times 0. The hash is Chris Wellons' `lowbias32`, with the keys.
    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, index: S::I, x: S::F) -> S::F {
        let mut h = simd.int_add(index, simd.int_splat(self.keys[0]));
        h = simd.int_xor(h, simd.int_shr(h, 16));
        h = simd.int_mul(h, simd.int_splat(0x7feb_352d));
        h = simd.int_xor(h, simd.int_splat(self.keys[1]));
        h = simd.int_xor(h, simd.int_shr(h, 15));
        h = simd.int_mul(h, simd.int_splat(0x846c_a68b_u32.cast_signed()));
        h = simd.int_xor(h, simd.int_shr(h, 16));
        let h = simd.int_xor(h, simd.int_splat(i32::MIN));
        let drop = simd.int_greater(simd.int_splat(self.threshold), h);
        simd.mul(
            x,
            simd.select(drop, simd.splat(0.0), simd.splat(self.scale)),
        )
    }
}

/// Dropout in `f64`, element by element.
pub mod reference {
    use super::keeps;

    /// `x / (1 - rate)` where element `first + i` of the batch is kept, else `x * 0`.
    pub fn forward(rate: f32, key: u64, first: u64, x: &[f64]) -> Vec<f64> {
        x.iter()
            .zip(first..)
            .map(|(x, index)| {
                if keeps(rate, key, index) {
                    x / (1.0 - f64::from(rate))
                } else {
                    x * 0.0
                }
            })
            .collect()
    }

    /// The same of the gradient.
    pub fn backward(rate: f32, key: u64, first: u64, dy: &[f64]) -> Vec<f64> {
        forward(rate, key, first, dy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::tests::compare::{
        cases, close, on_every_isa, quiet, random, unwritten, wide,
    };
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(cases())]

        #[test]
        fn dropout_agrees_with_its_twin(
            len in 0..300_usize, rate in 0.0..0.99_f32, key: u64, first in 0..u64::MAX / 2, seed: u64,
        ) {
            on_every_isa(|| {
                let x = random(len, seed);
                let (mut y, mut dx) = (unwritten(len), unwritten(len));
                quiet(|| forward(rate, key, first, &x, &mut y));
                close("y", &y, &reference::forward(rate, key, first, &wide(&x)), 1e-5)?;
                quiet(|| backward(rate, key, first, &x, &mut dx));
                prop_assert_eq!(&dx, &y);
                let mut in_place = x.clone();
                quiet(|| forward_in_place(rate, key, first, &mut in_place));
                prop_assert_eq!(&in_place, &y);
                let mut in_place = x;
                quiet(|| backward_in_place(rate, key, first, &mut in_place));
                prop_assert_eq!(&in_place, &y);
                Ok(())
            })?;
        }

        #[test]
        fn chunks_have_the_mask_of_the_whole(len in 1..300_usize, cut in 0..300_usize, key: u64, near_wrap: bool) {
            on_every_isa(|| {
                // Also across the place where the lower half of the index wraps.
                let first = if near_wrap { (1 << 32) - 100 } else { 0 };
                let (x, cut) = (vec![1.0; len], cut.min(len));
                let (mut whole, mut parts) = (unwritten(len), unwritten(len));
                quiet(|| forward(0.5, key, first, &x, &mut whole));
                quiet(|| forward(0.5, key, first, &x[..cut], &mut parts[..cut]));
                quiet(|| forward(0.5, key, first + cut as u64, &x[cut..], &mut parts[cut..]));
                prop_assert_eq!(whole, parts);
                Ok(())
            })?;
        }
    }

    /// The mask of a million elements.
    fn mask(rate: f32, key: u64, first: u64) -> Vec<f32> {
        let (x, mut y) = (vec![1.0; 1 << 20], unwritten(1 << 20));
        quiet(|| forward(rate, key, first, &x, &mut y));
        y.iter()
            .map(|&y| if y == 0.0 { 0.0 } else { 1.0 })
            .collect()
    }

    #[test]
    fn the_share_of_kept_elements_is_right_for_many_keys() {
        for (key, rate) in (0..20).zip([0.1, 0.25, 0.5, 0.9].into_iter().cycle()) {
            let kept: f32 = mask(rate, key, key << 40).iter().sum();
            let share = f64::from(kept) / f64::from(1 << 20);
            // Five standard deviations.
            let bound =
                5.0 * (f64::from(rate) * (1.0 - f64::from(rate)) / f64::from(1 << 20)).sqrt();
            assert!(
                (share - (1.0 - f64::from(rate))).abs() < bound,
                "key {key}, rate {rate}: {share} kept"
            );
        }
    }

    #[test]
    fn masks_are_independent_of_their_neighbours_and_of_other_keys() {
        let independent = |what: &str, a: &[f32], b: &[f32]| {
            let agree = a.iter().zip(b).filter(|(a, b)| a == b).count() as f64 / a.len() as f64;
            assert!(
                (agree - 0.5).abs() < 5.0 * 0.5 / (a.len() as f64).sqrt(),
                "{what}: {agree} agree"
            );
        };
        let own = mask(0.5, 7, 0);
        for distance in [1, 2, 3, 4, 8, 16, 32, 33, 64, 100, 128, 1024, 4096, 65536] {
            independent(
                &format!("{distance} apart"),
                &own[distance..],
                &own[..own.len() - distance],
            );
        }
        for key in [6, 8, 7 << 32, 7 | 1 << 63] {
            independent(&format!("key {key}"), &own, &mask(0.5, key, 0));
        }
        independent("2^32 apart", &own, &mask(0.5, 7, 1 << 32));
    }

    #[test]
    fn what_is_not_finite_does_not_vanish() {
        crate::simd::on_every_isa(|_| {
            let mut y = unwritten(100);
            for x in [f32::NAN, f32::INFINITY] {
                forward(0.5, 1, 0, &[x; 100], &mut y);
                let seen = |index: usize| y[index].is_nan() || keeps(0.5, 1, index as u64);
                assert!((0..100).all(seen), "{x}: {y:?}");
            }
        });
    }

    #[test]
    fn a_rate_of_zero_keeps_everything() {
        let x = random(100, 3);
        let mut y = unwritten(100);
        quiet(|| forward(0.0, 1, 0, &x, &mut y));
        assert_eq!(x, y);
    }
}

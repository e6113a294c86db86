//! Dropout: the right share, a mask that depends on key and place alone, and independent neighbours.

use super::compare::{cases, close, on_every_isa, random, unwritten, wide};
use crate::kernels::dropout;
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
            dropout::forward(rate, key, first, &x, &mut y);
            close("y", &y, &dropout::reference::forward(rate, key, first, &wide(&x)), 1e-5)?;
            dropout::backward(rate, key, first, &x, &mut dx);
            prop_assert_eq!(&dx, &y);
            let mut in_place = x.clone();
            dropout::forward_in_place(rate, key, first, &mut in_place);
            prop_assert_eq!(&in_place, &y);
            let mut in_place = x;
            dropout::backward_in_place(rate, key, first, &mut in_place);
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
            dropout::forward(0.5, key, first, &x, &mut whole);
            dropout::forward(0.5, key, first, &x[..cut], &mut parts[..cut]);
            dropout::forward(0.5, key, first + cut as u64, &x[cut..], &mut parts[cut..]);
            prop_assert_eq!(whole, parts);
            Ok(())
        })?;
    }
}

/// The mask of a million elements.
fn mask(rate: f32, key: u64, first: u64) -> Vec<f32> {
    let mut y = unwritten(1 << 20);
    dropout::forward(rate, key, first, &vec![1.0; 1 << 20], &mut y);
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
        let bound = 5.0 * (f64::from(rate) * (1.0 - f64::from(rate)) / f64::from(1 << 20)).sqrt();
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
fn a_rate_of_zero_keeps_everything() {
    let x = random(100, 3);
    let mut y = unwritten(100);
    dropout::forward(0.0, 1, 0, &x, &mut y);
    assert_eq!(x, y);
}

//! Activations: values, gradients, and what becomes of NaN and infinity.

use super::*;
use crate::kernels::team::pool_of_this_thread;
use crate::kernels::tests::compare::{
    DIFFERENCES, cases, close, differences, near, on_every_isa, quiet, random, unwritten, wide,
};
use crate::simd;
use proptest::prelude::*;

macro_rules! values {
    ($value:ident $($module:ident: $name:ident $(($number:ident))?, $saved:ident, $formula:literal;)*) => {
        [
            Activation::Identity,
            $(Activation::$name $(({
                let $number = $value;
                $number
            }))?),*
        ]
    };
}

/// Every activation of the list, those with a number with several.
fn all() -> impl Iterator<Item = Activation> {
    [0.01, 1.5]
        .into_iter()
        .flat_map(|value| shapeflow_terms::activations!(values! value))
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn activations_agree_with_their_twins(len in 0..100_usize, spread in 1..8_i32, seed: u64) {
        on_every_isa(|| {
            let x: Vec<f32> = random(len, seed).iter().map(|x| x * spread as f32).collect();
            let dy = random(len, seed + 1);
            for act in all() {
                let name = format!("{act:?}");
                let (mut y, mut dx) = (unwritten(len), unwritten(len));
                quiet(|| forward(act, &x, &mut y));
                close(&name, &y, &reference::forward(act, &wide(&x)), 1e-6)?;
                let saved = if act.saves_output() { &y } else { &x };
                quiet(|| backward(act, saved, &dy, &mut dx));
                close(&format!("{name} dx"), &dx, &reference::backward(act, &wide(&x), &wide(&dy)), 2e-6)?;
                let mut in_place = x.clone();
                quiet(|| forward_in_place(act, &mut in_place));
                prop_assert_eq!(&in_place, &y, "{} in place", name);
                let mut in_place = dy.clone();
                quiet(|| backward_in_place(act, saved, &mut in_place));
                prop_assert_eq!(&in_place, &dx, "{} dx in place", name);
            }
            Ok(())
        })?;
    }

    #[test]
    fn twins_of_activations_agree_with_differences(seed: u64) {
        let x: Vec<f64> = wide(&random(20, seed)).iter().map(|x| 2.5 * x).collect();
        let dy = wide(&random(20, seed + 1));
        for act in all() {
            let expected = differences(&x, &dy, |x| reference::forward(act, x));
            near(&format!("{act:?}"), &reference::backward(act, &x, &dy), &expected, DIFFERENCES)?;
        }
    }
}

#[test]
fn nan_stays_nan() {
    simd::on_every_isa(|_| all().for_each(keeps_nan));
}

fn keeps_nan(act: Activation) {
    // In a vector's middle and in the rest after the last whole vector.
    for at in [0, 5, 31, 36] {
        let mut x = vec![0.5; 37];
        x[at] = f32::NAN;
        let (mut y, mut dx) = (unwritten(37), unwritten(37));
        quiet(|| forward(act, &x, &mut y));
        let saved = if act.saves_output() { &y } else { &x };
        quiet(|| backward(act, saved, &[1.0; 37], &mut dx));
        for (k, y) in y.iter().enumerate() {
            assert_eq!(y.is_nan(), k == at, "{act:?}: y[{k}] = {y}");
        }
        quiet(|| backward(act, &[0.5; 37], &x, &mut dx));
        assert!(dx[at].is_nan(), "{act:?}: a NaN gradient vanished");
    }
}

/// From the largest number to the smallest denormal one, and infinity.
fn extremes() -> impl Iterator<Item = f32> {
    [
        0.0,
        f32::from_bits(1),
        1e-40,
        f32::MIN_POSITIVE,
        1e-20,
        1e-4,
        20.0,
        88.1,
        100.0,
        103.9,
        1e4,
        1e9,
        1e17,
        3e19,
        1e30,
        f32::MAX,
        f32::INFINITY,
    ]
    .into_iter()
    .flat_map(|x| [x, -x])
}

#[test]
fn extreme_inputs_give_what_the_twins_give() {
    simd::on_every_isa(|_| all().for_each(agrees_at_extremes));
}

/// Within rounding, also of a denormal result; at infinity the limits.
fn agrees_at_extremes(act: Activation) {
    let x: Vec<f32> = extremes().collect();
    let (mut y, mut dx, ones) = (unwritten(x.len()), unwritten(x.len()), vec![1.0; x.len()]);
    quiet(|| forward(act, &x, &mut y));
    let saved = if act.saves_output() { &y } else { &x };
    quiet(|| backward(act, saved, &ones, &mut dx));
    let mut wrong = Vec::new();
    for (at, &x) in x.iter().enumerate() {
        let limit = reference::value(act, x.into()) as f32;
        let slope = reference::derivative(act, x.into()) as f32;
        // A derivative from the output can be no better than the output, which is near 1.
        let bounds = [2e-6 * limit.abs() + 1e-42, 2e-6 * slope.abs().max(1.0)];
        let pairs = [("", y[at], limit), ("'", dx[at], slope)];
        for ((what, found, expected), bound) in pairs.into_iter().zip(bounds) {
            let near = (found - expected).abs() <= bound;
            if !(near || found == expected) {
                wrong.push(format!(
                    "{act:?}{what}({x:e}) = {found:e} instead of {expected:e}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_gradient_of_relu_at_zero_is_zero() {
    for act in [Activation::Relu, Activation::Relu6] {
        let mut dx = [f32::NAN; 2];
        quiet(|| backward(act, &[0.0, -0.0], &[1.0, 1.0], &mut dx));
        assert_eq!(dx, [0.0, 0.0]);
    }
}

#[test]
fn gradients_of_many_values_have_the_bits_of_one_thread() {
    let _pool = pool_of_this_thread();
    let (saved, dy) = (random(300_001, 1), random(300_001, 2));
    simd::on_every_isa(|isa| {
        for act in [Activation::Relu, Activation::Gelu] {
            let run = |mut team: Team<'_>| {
                let mut d = dy.clone();
                backward_in_place_shared(&mut team, act, &saved, &mut d);
                d
            };
            let shared = Team::with_pool([16, 0], &mut [], run);
            assert!(run(Team::alone()) == shared, "{act:?} on {isa:?}");
        }
    });
}

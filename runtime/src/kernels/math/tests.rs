//! The functions of `math`: largest error in ulp over the whole range, and special values, on each instruction set.

use super::*;
use crate::simd::{Kernel, dispatch, on_every_isa};

#[derive(Clone, Copy, Debug)]
enum Formula {
    Exp,
    ExpM1,
    Log,
    Log1pUnit,
    Tanh,
    Sigmoid,
    Softplus,
    Erf,
    NormalDistribution,
}

struct Apply<'a>(Formula, &'a mut [f32]);

impl Kernel for Apply<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        for part in self.1.chunks_mut(S::LANES) {
            let x = simd.load_partial(part);
            let y = match self.0 {
                Formula::Exp => exp(simd, x),
                Formula::ExpM1 => exp_m1(simd, x),
                Formula::Log => log(simd, x),
                Formula::Log1pUnit => log_1p_unit(simd, x),
                Formula::Tanh => tanh(simd, x),
                Formula::Sigmoid => sigmoid(simd, x),
                Formula::Softplus => softplus(simd, x),
                Formula::Erf => erf(simd, x),
                Formula::NormalDistribution => normal_distribution(simd, x),
            };
            simd.store_partial(y, part);
        }
    }
}

/// Floats of every exponent and both signs, about a million.
fn whole_range() -> impl Iterator<Item = f32> {
    (0..=u32::MAX)
        .step_by(4099)
        .map(f32::from_bits)
        .filter(|x| x.is_finite())
}

/// Evenly spaced numbers where most of the action is.
fn dense(low: f32, high: f32) -> impl Iterator<Item = f32> {
    (0..400_000).map(move |k| low + (high - low) * (k as f32 / 400_000.0))
}

/// Distance in units in the last place of the exact result, and NaN if one of them is infinite or NaN alone.
fn ulp(actual: f32, exact: f64) -> f64 {
    let rounded = exact as f32;
    if rounded.is_infinite() || actual.is_infinite() {
        // The last step before infinity may fall to either side.
        let near = exact.abs() > 3.402e38;
        return if actual == rounded || near && actual.abs() > 3.402e38 {
            0.0
        } else {
            f64::NAN
        };
    }
    let exponent = exact.abs().max(f64::from(f32::MIN_POSITIVE)).log2().floor() as i32;
    (f64::from(actual) - exact).abs() / 2.0_f64.powi(exponent - 23)
}

/// The largest error on this instruction set, and where.
fn worst(function: Formula, arguments: &[f32], exact: impl Fn(f64) -> f64) -> (f64, f32) {
    let mut values = arguments.to_vec();
    dispatch(Apply(function, &mut values));
    arguments
        .iter()
        .zip(&values)
        .fold((0.0, 0.0), |worst, (&x, &y)| {
            let error = ulp(y, exact(f64::from(x)));
            if error > worst.0 || error.is_nan() {
                (error, x)
            } else {
                worst
            }
        })
}

/// Fails if the error passes `bound` on some instruction set.
fn holds(function: Formula, bound: f64, arguments: &[f32], exact: impl Fn(f64) -> f64) {
    on_every_isa(|isa| {
        let (error, at) = worst(function, arguments, &exact);
        println!("{function:?} on {isa:?}: {error:.3} ulp at {at:e}");
        assert!(
            error <= bound,
            "{function:?} on {isa:?}: {error} ulp at {at:e}"
        );
    });
}

fn all(low: f32, high: f32) -> Vec<f32> {
    whole_range().chain(dense(low, high)).collect()
}

#[test]
fn exp_is_accurate() {
    holds(Formula::Exp, 1.0, &all(-104.0, 89.0), f64::exp);
}

#[test]
fn exp_m1_is_accurate() {
    let arguments: Vec<f32> = all(-20.0, 88.0)
        .into_iter()
        .filter(|x| *x <= 88.0)
        .collect();
    holds(Formula::ExpM1, 1.4, &arguments, f64::exp_m1);
}

#[test]
fn log_is_accurate() {
    let arguments: Vec<f32> = all(0.0, 4.0).into_iter().filter(|x| *x > 0.0).collect();
    holds(Formula::Log, 0.9, &arguments, f64::ln);
}

#[test]
fn log_1p_unit_is_accurate() {
    let arguments: Vec<f32> = all(0.0, 1.0)
        .into_iter()
        .filter(|x| (0.0..=1.0).contains(x))
        .collect();
    holds(Formula::Log1pUnit, 1.2, &arguments, f64::ln_1p);
}

#[test]
fn tanh_is_accurate() {
    holds(Formula::Tanh, 2.4, &all(-10.0, 10.0), f64::tanh);
}

#[test]
fn sigmoid_is_accurate() {
    holds(
        Formula::Sigmoid,
        2.4,
        &all(-105.0, 20.0),
        reference::sigmoid,
    );
}

#[test]
fn softplus_is_accurate() {
    holds(
        Formula::Softplus,
        1.9,
        &all(-105.0, 20.0),
        reference::softplus,
    );
}

#[test]
fn erf_is_accurate() {
    holds(Formula::Erf, 1.2, &all(-4.5, 4.5), reference::erf);
}

#[test]
fn the_normal_distribution_is_accurate() {
    let arguments = all(-15.0, 15.0);
    on_every_isa(|isa| {
        let mut values = arguments.clone();
        dispatch(Apply(Formula::NormalDistribution, &mut values));
        for (&x, &y) in arguments.iter().zip(&values) {
            let error = (f64::from(y) - reference::normal_distribution(f64::from(x))).abs();
            assert!(error < 1.2e-7, "{isa:?}: Φ({x:e}) is {error:e} off");
        }
    });
}

#[test]
fn nan_zero_and_infinity_give_what_mathematics_says() {
    let (nan, infinity) = (f32::NAN, f32::INFINITY);
    // Formula, argument, result.
    let table = [
        (Formula::Exp, nan, nan),
        (Formula::Exp, infinity, infinity),
        (Formula::Exp, -infinity, 0.0),
        (Formula::Exp, 0.0, 1.0),
        (Formula::ExpM1, nan, nan),
        (Formula::ExpM1, -infinity, -1.0),
        (Formula::ExpM1, 0.0, 0.0),
        (Formula::Log, nan, nan),
        (Formula::Log, -1.0, nan),
        (Formula::Log, -infinity, nan),
        (Formula::Log, 0.0, -infinity),
        (Formula::Log, 1.0, 0.0),
        (Formula::Log, infinity, infinity),
        (Formula::Log1pUnit, nan, nan),
        (Formula::Tanh, nan, nan),
        (Formula::Tanh, infinity, 1.0),
        (Formula::Tanh, -infinity, -1.0),
        (Formula::Tanh, 0.0, 0.0),
        (Formula::Sigmoid, nan, nan),
        (Formula::Sigmoid, infinity, 1.0),
        (Formula::Sigmoid, -infinity, 0.0),
        (Formula::Sigmoid, 0.0, 0.5),
        (Formula::Softplus, nan, nan),
        (Formula::Softplus, infinity, infinity),
        (Formula::Softplus, -infinity, 0.0),
        (Formula::Erf, nan, nan),
        (Formula::Erf, infinity, 1.0),
        (Formula::Erf, -infinity, -1.0),
        (Formula::Erf, 0.0, 0.0),
        (Formula::NormalDistribution, nan, nan),
        (Formula::NormalDistribution, infinity, 1.0),
        (Formula::NormalDistribution, -infinity, 0.0),
    ];
    on_every_isa(|isa| {
        for (function, x, expected) in table {
            let mut value = [x];
            dispatch(Apply(function, &mut value));
            let same = value[0] == expected || value[0].is_nan() && expected.is_nan();
            assert!(
                same,
                "{isa:?}: {function:?}({x}) = {} instead of {expected}",
                value[0]
            );
        }
    });
}

#[test]
fn the_error_function_is_known_at_a_few_points() {
    // Abramowitz and Stegun, table 7.1.
    let table = [
        (0.0, 0.0),
        (0.5, 0.520_499_877_8),
        (1.0, 0.842_700_792_9),
        (2.0, 0.995_322_265_0),
    ];
    for (x, expected) in table {
        assert!((reference::erf(x) - expected).abs() < 1e-10);
        assert!((reference::erf(-x) + expected).abs() < 1e-10);
    }
    assert!((reference::erfc(3.0) - 2.209_049_699_858_544e-5).abs() < 1e-18);
}

//! The functions of `math`: largest error in ulp over the whole range, and special values, on each instruction set.

use crate::kernels::math;
use crate::reference;
use crate::simd::{Kernel, Simd, dispatch, on_every_isa};

#[derive(Clone, Copy, Debug)]
enum Function {
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

struct Apply<'a>(Function, &'a mut [f32]);

impl Kernel for Apply<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        for part in self.1.chunks_mut(S::LANES) {
            let x = simd.load_partial(part);
            let y = match self.0 {
                Function::Exp => math::exp(simd, x),
                Function::ExpM1 => math::exp_m1(simd, x),
                Function::Log => math::log(simd, x),
                Function::Log1pUnit => math::log_1p_unit(simd, x),
                Function::Tanh => math::tanh(simd, x),
                Function::Sigmoid => math::sigmoid(simd, x),
                Function::Softplus => math::softplus(simd, x),
                Function::Erf => math::erf(simd, x),
                Function::NormalDistribution => math::normal_distribution(simd, x),
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
fn worst(function: Function, arguments: &[f32], exact: impl Fn(f64) -> f64) -> (f64, f32) {
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
fn holds(function: Function, bound: f64, arguments: &[f32], exact: impl Fn(f64) -> f64) {
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
    holds(Function::Exp, 1.0, &all(-104.0, 89.0), f64::exp);
}

#[test]
fn exp_m1_is_accurate() {
    let arguments: Vec<f32> = all(-20.0, 88.0)
        .into_iter()
        .filter(|x| *x <= 88.0)
        .collect();
    holds(Function::ExpM1, 1.4, &arguments, f64::exp_m1);
}

#[test]
fn log_is_accurate() {
    let arguments: Vec<f32> = all(0.0, 4.0).into_iter().filter(|x| *x > 0.0).collect();
    holds(Function::Log, 0.9, &arguments, f64::ln);
}

#[test]
fn log_1p_unit_is_accurate() {
    let arguments: Vec<f32> = all(0.0, 1.0)
        .into_iter()
        .filter(|x| (0.0..=1.0).contains(x))
        .collect();
    holds(Function::Log1pUnit, 1.2, &arguments, f64::ln_1p);
}

#[test]
fn tanh_is_accurate() {
    holds(Function::Tanh, 2.4, &all(-10.0, 10.0), f64::tanh);
}

#[test]
fn sigmoid_is_accurate() {
    holds(
        Function::Sigmoid,
        2.4,
        &all(-105.0, 20.0),
        reference::activation::sigmoid,
    );
}

#[test]
fn softplus_is_accurate() {
    holds(
        Function::Softplus,
        1.9,
        &all(-105.0, 20.0),
        reference::activation::softplus,
    );
}

#[test]
fn erf_is_accurate() {
    holds(
        Function::Erf,
        1.2,
        &all(-4.5, 4.5),
        reference::activation::erf,
    );
}

#[test]
fn the_normal_distribution_is_accurate() {
    let arguments = all(-15.0, 15.0);
    on_every_isa(|isa| {
        let mut values = arguments.clone();
        dispatch(Apply(Function::NormalDistribution, &mut values));
        for (&x, &y) in arguments.iter().zip(&values) {
            let error =
                (f64::from(y) - reference::activation::normal_distribution(f64::from(x))).abs();
            assert!(error < 1.2e-7, "{isa:?}: Φ({x:e}) is {error:e} off");
        }
    });
}

#[test]
fn nan_zero_and_infinity_give_what_mathematics_says() {
    let (nan, infinity) = (f32::NAN, f32::INFINITY);
    // Function, argument, result.
    let table = [
        (Function::Exp, nan, nan),
        (Function::Exp, infinity, infinity),
        (Function::Exp, -infinity, 0.0),
        (Function::Exp, 0.0, 1.0),
        (Function::ExpM1, nan, nan),
        (Function::ExpM1, -infinity, -1.0),
        (Function::ExpM1, 0.0, 0.0),
        (Function::Log, nan, nan),
        (Function::Log, -1.0, nan),
        (Function::Log, -infinity, nan),
        (Function::Log, 0.0, -infinity),
        (Function::Log, 1.0, 0.0),
        (Function::Log, infinity, infinity),
        (Function::Log1pUnit, nan, nan),
        (Function::Tanh, nan, nan),
        (Function::Tanh, infinity, 1.0),
        (Function::Tanh, -infinity, -1.0),
        (Function::Tanh, 0.0, 0.0),
        (Function::Sigmoid, nan, nan),
        (Function::Sigmoid, infinity, 1.0),
        (Function::Sigmoid, -infinity, 0.0),
        (Function::Sigmoid, 0.0, 0.5),
        (Function::Softplus, nan, nan),
        (Function::Softplus, infinity, infinity),
        (Function::Softplus, -infinity, 0.0),
        (Function::Erf, nan, nan),
        (Function::Erf, infinity, 1.0),
        (Function::Erf, -infinity, -1.0),
        (Function::Erf, 0.0, 0.0),
        (Function::NormalDistribution, nan, nan),
        (Function::NormalDistribution, infinity, 1.0),
        (Function::NormalDistribution, -infinity, 0.0),
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

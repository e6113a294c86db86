//! Exponential, logarithm and their kin on vectors.
//!
//! Errors are the largest over the whole range and on every instruction set, in units in the last place (ulp) of the
//! exact result, and tests hold the functions to them. NaN in gives NaN out; infinities give the limits; denormal
//! arguments and results are right.
//!
//! Sources: range reduction as in Cody and Waite 1980; the polynomials of `exp` are SLEEF's, of `log` fdlibm's.

pub mod reference;
#[cfg(test)]
mod tests;

use crate::simd::Simd;

/// `fma` down a polynomial's coefficients, the highest power first.
macro_rules! polynomial {
    ($simd:ident, $x:ident, $first:expr $(, $next:expr)*) => {{
        let sum = $simd.splat($first);
        $(let sum = $simd.fma(sum, $x, $simd.splat($next));)*
        sum
    }};
}

/// `ln 2` in two parts: the first has few enough bits for whole multiples of it to be exact.
const LN_2: [f32; 2] = [0.693_145_75, 1.428_606_8e-6];

/// `(n, exp(r) - 1)` with `x = n ln 2 + r`, `|r| <= ln 2 / 2`, for a clamped `x`.
#[inline(always)]
fn reduce<S: Simd>(simd: S, x: S::F) -> (S::F, S::F) {
    let n = simd.round(simd.mul(x, simd.splat(std::f32::consts::LOG2_E)));
    let r = simd.fma(n, simd.splat(-LN_2[0]), x);
    let r = simd.fma(n, simd.splat(-LN_2[1]), r);
    let p = polynomial!(
        simd,
        r,
        0.000_198_527_62,
        0.001_393_043_6,
        0.008_333_361,
        0.041_666_485,
        0.166_666_67,
        0.5
    );
    (n, simd.fma(simd.mul(r, r), p, r))
}

/// `2ⁿ` for a whole number `n` in -127..=127 (0 for -127).
#[inline(always)]
fn power_of_two<S: Simd>(simd: S, n: S::I) -> S::F {
    simd.from_bits(simd.int_shl(simd.int_add(n, simd.int_splat(127)), 23))
}

/// `exp(x)`: 1.0 ulp.
#[inline(always)]
pub fn exp<S: Simd>(simd: S, x: S::F) -> S::F {
    // Beyond these the result is 0 or infinity. In this order of operands NaN passes.
    let x = simd.max(simd.splat(-104.0), simd.min(simd.splat(89.0), x));
    let (n, y) = reduce(simd, x);
    let y = simd.add(y, simd.splat(1.0));
    // In two steps, since 2ⁿ itself may overflow, or be denormal, where the result isn't.
    let half = simd.to_int(simd.mul(n, simd.splat(0.5)));
    let rest = simd.int_sub(simd.to_int(n), half);
    simd.mul(
        simd.mul(y, power_of_two(simd, half)),
        power_of_two(simd, rest),
    )
}

/// `exp(x) - 1` without cancellation near 0, for `x <= 88`: 1.4 ulp. Beyond it stays at its value there.
#[inline(always)]
pub(in crate::kernels) fn exp_m1<S: Simd>(simd: S, x: S::F) -> S::F {
    let x = simd.max(simd.splat(-87.0), simd.min(simd.splat(88.0), x));
    let (n, y) = reduce(simd, x);
    let scale = power_of_two(simd, simd.to_int(n));
    simd.fma(scale, y, simd.sub(scale, simd.splat(1.0)))
}

/// `ln(x)`: 0.9 ulp; -infinity at 0, NaN below.
#[inline(always)]
pub fn log<S: Simd>(simd: S, x: S::F) -> S::F {
    let tiny = simd.greater(simd.splat(f32::MIN_POSITIVE), x);
    let scaled = simd.select(tiny, simd.mul(x, simd.splat(8_388_608.0)), x);
    // x = 2ᵏ m with m in √½..√2: the bits of √½ are taken off, so that the exponent rounds at √2.
    const ROOT: i32 = 0x3f35_04f3;
    let bits = simd.int_sub(simd.bits(scaled), simd.int_splat(ROOT));
    let exponent = simd.int_and(bits, simd.int_splat(0xff80_0000_u32.cast_signed()));
    let mantissa = simd.from_bits(simd.int_sub(simd.bits(scaled), exponent));
    let k = simd.mul(simd.to_float(exponent), simd.splat(1.0 / 8_388_608.0));
    let k = simd.select(tiny, simd.sub(k, simd.splat(23.0)), k);

    let f = simd.sub(mantissa, simd.splat(1.0));
    let s = simd.div(f, simd.add(f, simd.splat(2.0)));
    let z = simd.mul(s, s);
    let p = polynomial!(
        simd,
        z,
        0.242_790_79,
        0.284_987_87,
        0.400_009_72,
        0.666_666_6
    );
    let p = simd.mul(p, z);
    let half_square = simd.mul(simd.mul(f, f), simd.splat(0.5));
    let low = simd.fma(
        k,
        simd.splat(9.058_001e-6),
        simd.mul(s, simd.add(half_square, p)),
    );
    let y = simd.fma(
        k,
        simd.splat(0.693_138_1),
        simd.sub(f, simd.sub(half_square, low)),
    );

    let zero = simd.splat(0.0);
    let infinity = simd.splat(f32::INFINITY);
    let y = simd.select(simd.greater(x, zero), y, simd.splat(f32::NAN));
    let y = simd.select(simd.equal(x, zero), simd.neg(infinity), y);
    simd.select(simd.equal(x, infinity), infinity, y)
}

/// `ln(1 + x)` for `x` in `0.0..=1.0`: 1.2 ulp; beyond it wrong.
#[inline(always)]
pub(in crate::kernels) fn log_1p_unit<S: Simd>(simd: S, x: S::F) -> S::F {
    // ln(1 + x) = 2 artanh(s) with s = x / (2 + x), at most 1/3; written as fdlibm does, so that x itself is not rounded.
    let s = simd.div(x, simd.add(x, simd.splat(2.0)));
    let z = simd.mul(s, s);
    let p = polynomial!(
        simd,
        z,
        0.242_895_57,
        0.214_307_41,
        0.286_165_95,
        0.399_988_9,
        0.666_666_75
    );
    let half_square = simd.mul(simd.mul(x, x), simd.splat(0.5));
    let low = simd.mul(s, simd.fma(z, p, half_square));
    simd.sub(x, simd.sub(half_square, low))
}

/// `tanh(x)`: 2.4 ulp.
#[inline(always)]
pub fn tanh<S: Simd>(simd: S, x: S::F) -> S::F {
    // (exp(2|x|) - 1) / (exp(2|x|) + 1), which is 1 from 10 on.
    let twice = simd.min(simd.splat(20.0), simd.add(simd.abs(x), simd.abs(x)));
    let t = exp_m1(simd, twice);
    simd.copysign(simd.div(t, simd.add(t, simd.splat(2.0))), x)
}

/// `1 / (1 + exp(-x))`: 2.4 ulp.
#[inline(always)]
pub fn sigmoid<S: Simd>(simd: S, x: S::F) -> S::F {
    // With exp(-|x|) nothing overflows and small results keep all their bits.
    let e = exp(simd, simd.neg(simd.abs(x)));
    let one = simd.splat(1.0);
    let numerator = simd.select(simd.greater(simd.splat(0.0), x), e, one);
    simd.div(numerator, simd.add(e, one))
}

/// `ln(1 + exp(x))`: 1.9 ulp.
#[inline(always)]
pub fn softplus<S: Simd>(simd: S, x: S::F) -> S::F {
    let tail = log_1p_unit(simd, exp(simd, simd.neg(simd.abs(x))));
    simd.add(simd.max(simd.splat(0.0), x), tail)
}

/// The two forms of the error function at `|x| = t`: `erf(t) / t` near 0, and `erfc(t)` from 475/512 on.
#[inline(always)]
fn error_function<S: Simd>(simd: S, t: S::F) -> (S::F, S::F) {
    let s = simd.mul(t, t);
    let near = polynomial!(
        simd,
        s,
        -0.000_596_761_7,
        0.004_991_194,
        -0.026_768_135,
        0.112_819_925,
        -0.376_125_34,
        0.128_379_17
    );
    let upper = simd.fma(simd.splat(-1.728_534_7e-5), t, simd.splat(3.831_971_3e-4));
    let lower = simd.fma(simd.splat(-3.883_964_4e-3), t, simd.splat(2.425_462_2e-2));
    let p = simd.fma(upper, s, lower);
    let p = simd.fma(p, t, simd.splat(-0.106_777_88));
    let p = simd.fma(p, t, simd.splat(-0.634_846_7));
    let p = simd.fma(p, t, simd.splat(-0.128_717_51));
    let far = exp(simd, simd.fma(p, t, simd.neg(t)));
    (near, far)
}

/// Where the two forms of the error function meet.
const ERROR_FUNCTION_SPLIT: f32 = 0.927_734_4;

/// `erf(x)`: 1.2 ulp.
#[inline(always)]
pub fn erf<S: Simd>(simd: S, x: S::F) -> S::F {
    let t = simd.abs(x);
    let (near, far) = error_function(simd, t);
    let near = simd.fma(near, x, x);
    let far = simd.copysign(simd.sub(simd.splat(1.0), far), x);
    simd.select(simd.greater(t, simd.splat(ERROR_FUNCTION_SPLIT)), far, near)
}

/// The normal distribution function `Φ(x) = (1 + erf(x / √2)) / 2`, absolute error below 1.2e-7.
#[inline(always)]
pub fn normal_distribution<S: Simd>(simd: S, x: S::F) -> S::F {
    let (half, one) = (simd.splat(0.5), simd.splat(1.0));
    let x = simd.mul(x, simd.splat(std::f32::consts::FRAC_1_SQRT_2));
    let t = simd.abs(x);
    let (near, far) = error_function(simd, t);
    let near = simd.fma(simd.fma(near, x, x), half, half);
    let tail = simd.mul(far, half);
    let far = simd.select(simd.greater(simd.splat(0.0), x), tail, simd.sub(one, tail));
    simd.select(simd.greater(t, simd.splat(ERROR_FUNCTION_SPLIT)), far, near)
}

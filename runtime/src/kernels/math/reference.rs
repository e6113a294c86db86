//! The functions of [`math`](super) that the standard library lacks, in `f64`.

/// `1 / (1 + exp(-x))`
pub fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// `ln(1 + exp(x))`
pub fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

/// The normal distribution function `Φ(x) = erfc(-x / √2) / 2`.
pub fn normal_distribution(x: f64) -> f64 {
    0.5 * erfc(-x / std::f64::consts::SQRT_2)
}

/// The error function, `2 / √π ∫₀ˣ exp(-t²) dt`: its Taylor series near 0, `1 - erfc(x)` elsewhere.
pub fn erf(x: f64) -> f64 {
    if x.abs() > 2.0 {
        return 1.0 - erfc(x);
    }
    // Σ (-1)ⁿ x²ⁿ⁺¹ / (n! (2n + 1))
    let (mut power, mut sum) = (x, x);
    for n in 1..60 {
        power *= -x * x / f64::from(n);
        sum += power / f64::from(2 * n + 1);
    }
    std::f64::consts::FRAC_2_SQRT_PI * sum
}

/// `1 - erf(x)`, by its continued fraction away from 0, where the difference would cancel.
pub fn erfc(x: f64) -> f64 {
    if x < 0.0 {
        return 2.0 - erfc(-x);
    }
    if x <= 2.0 || x.is_nan() {
        return 1.0 - erf(x);
    }
    // exp(-x²) / √π · 1 / (x + (1/2) / (x + (2/2) / (x + (3/2) / ..)))
    let fraction = (1..200)
        .rev()
        .fold(x, |tail, k| x + f64::from(k) / 2.0 / tail);
    (-x * x).exp() / (std::f64::consts::PI.sqrt() * fraction)
}

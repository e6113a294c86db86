//! Activations in `f64`.

use crate::kernels::activation::Activation;

/// `act(x)` of one number.
pub fn value(act: Activation, x: f64) -> f64 {
    match act {
        Activation::Identity => x,
        Activation::Relu => {
            if x < 0.0 {
                0.0
            } else {
                x
            }
        }
        Activation::Relu6 => x.clamp(0.0, 6.0),
        Activation::LeakyRelu(slope) => {
            if x > 0.0 {
                x
            } else {
                f64::from(slope) * x
            }
        }
        Activation::Elu(alpha) => {
            if x > 0.0 {
                x
            } else {
                f64::from(alpha) * x.exp_m1()
            }
        }
        Activation::Gelu => x * normal_distribution(x),
        Activation::GeluTanh => 0.5 * x * (1.0 + gelu_inner(x).tanh()),
        Activation::Silu => x * sigmoid(x),
        Activation::Mish => x * softplus(x).tanh(),
        Activation::HardSwish => x * (x + 3.0).clamp(0.0, 6.0) / 6.0,
        Activation::Sigmoid => sigmoid(x),
        Activation::Tanh => x.tanh(),
        Activation::Softplus => softplus(x),
    }
}

/// `act'(x)` of one number, from the input; the left derivative at a kink.
pub fn derivative(act: Activation, x: f64) -> f64 {
    let step = |condition: bool| f64::from(u8::from(condition));
    match act {
        Activation::Identity => 1.0,
        Activation::Relu => step(x > 0.0),
        Activation::Relu6 => step(x > 0.0 && x < 6.0),
        Activation::LeakyRelu(slope) => {
            if x > 0.0 {
                1.0
            } else {
                f64::from(slope)
            }
        }
        Activation::Elu(alpha) => {
            if x > 0.0 {
                1.0
            } else {
                f64::from(alpha) * x.exp()
            }
        }
        Activation::Gelu => {
            normal_distribution(x) + x * (-x * x / 2.0).exp() / std::f64::consts::TAU.sqrt()
        }
        Activation::GeluTanh => {
            let tanh = gelu_inner(x).tanh();
            let inner = (2.0 / std::f64::consts::PI).sqrt() * (1.0 + 3.0 * 0.044_715 * x * x);
            0.5 * (1.0 + tanh) + 0.5 * x * (1.0 - tanh * tanh) * inner
        }
        Activation::Silu => sigmoid(x) * (1.0 + x * (1.0 - sigmoid(x))),
        Activation::Mish => {
            let tanh = softplus(x).tanh();
            tanh + x * (1.0 - tanh * tanh) * sigmoid(x)
        }
        Activation::HardSwish => {
            if x < -3.0 {
                0.0
            } else if x <= 3.0 {
                x / 3.0 + 0.5
            } else {
                1.0
            }
        }
        Activation::Sigmoid => sigmoid(x) * (1.0 - sigmoid(x)),
        Activation::Tanh => 1.0 - x.tanh() * x.tanh(),
        Activation::Softplus => sigmoid(x),
    }
}

/// `act(x)` of every element.
pub fn forward(act: Activation, x: &[f64]) -> Vec<f64> {
    x.iter().map(|&x| value(act, x)).collect()
}

/// `dy * act'(x)` of every element, from the input.
pub fn backward(act: Activation, x: &[f64], dy: &[f64]) -> Vec<f64> {
    x.iter()
        .zip(dy)
        .map(|(&x, &dy)| dy * derivative(act, x))
        .collect()
}

/// `1 / (1 + exp(-x))`
pub fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// `ln(1 + exp(x))`
pub fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

fn gelu_inner(x: f64) -> f64 {
    (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044_715 * x * x * x)
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

//! Activations: the one list of element-wise functions that a layer may end in.

/// An element-wise function after a layer, fused into its last pass where that pays.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Activation {
    /// `x`
    Identity,
    /// `max(x, 0)`
    Relu,
    /// `min(max(x, 0), 6)`
    Relu6,
    /// `x` where positive, `slope * x` elsewhere.
    LeakyRelu(f32),
    /// `x` where positive, `alpha * (exp(x) - 1)` elsewhere.
    Elu(f32),
    /// `x * Φ(x)`, `Φ` the normal distribution function (exact, through `erf`).
    Gelu,
    /// `x / 2 * (1 + tanh(√(2/π) * (x + 0.044715 x³)))`
    GeluTanh,
    /// `x * sigmoid(x)`
    Silu,
    /// `x * tanh(ln(1 + exp(x)))`
    Mish,
    /// `x * min(max(x + 3, 0), 6) / 6`
    HardSwish,
    /// `1 / (1 + exp(-x))`
    Sigmoid,
    /// `tanh(x)`
    Tanh,
    /// `ln(1 + exp(x))`
    Softplus,
}

impl Activation {
    /// Whether the derivative is computed from the output `y` (else from the input `x`), which then is all that
    /// the forward pass has to keep.
    pub const fn saves_output(self) -> bool {
        matches!(
            self,
            Self::Identity
                | Self::Relu
                | Self::Relu6
                | Self::LeakyRelu(_)
                | Self::Elu(_)
                | Self::Sigmoid
                | Self::Tanh
                | Self::Softplus
        )
    }

    /// The derivative at one number, from the output there if [`saves_output`](Self::saves_output), else from the
    /// input. Where there is none (a kink) it is the left one, as in PyTorch: 0 at 0 for `Relu`.
    pub fn derivative(self, saved: f32) -> f32 {
        match self {
            Self::Identity => 1.0,
            Self::Relu => {
                if saved <= 0.0 {
                    0.0
                } else {
                    1.0
                }
            }
            Self::Relu6 => f32::from(saved > 0.0 && saved < 6.0),
            Self::LeakyRelu(slope) => {
                if saved > 0.0 {
                    1.0
                } else {
                    slope
                }
            }
            Self::Elu(alpha) => {
                if saved > 0.0 {
                    1.0
                } else {
                    saved + alpha
                }
            }
            Self::Gelu => {
                normal_distribution(saved) + saved * 0.398_942_3 * (-0.5 * saved * saved).exp()
            }
            Self::GeluTanh => {
                let square = saved * saved;
                let tanh = (0.797_884_6 * saved * (1.0 + 0.044_715 * square)).tanh();
                let inner = 0.797_884_6 * (1.0 + 0.134_145 * square);
                0.5 * (1.0 + tanh) + 0.5 * saved * (1.0 - tanh * tanh) * inner
            }
            Self::Silu => {
                let sigmoid = 1.0 / (1.0 + (-saved).exp());
                sigmoid * (1.0 + saved * (1.0 - sigmoid))
            }
            Self::Mish => {
                let tanh = softplus(saved).tanh();
                tanh + saved * (1.0 - tanh * tanh) / (1.0 + (-saved).exp())
            }
            Self::HardSwish => {
                if saved < -3.0 {
                    0.0
                } else if saved <= 3.0 {
                    saved / 3.0 + 0.5
                } else {
                    1.0
                }
            }
            Self::Sigmoid => saved * (1.0 - saved),
            Self::Tanh => 1.0 - saved * saved,
            Self::Softplus => 1.0 - (-saved).exp(),
        }
    }

    /// The function of one number.
    pub fn apply(self, x: f32) -> f32 {
        match self {
            Self::Identity => x,
            // Written so that a NaN stays one, which `max` would drop.
            Self::Relu => {
                if x < 0.0 {
                    0.0
                } else {
                    x
                }
            }
            Self::Relu6 => x.clamp(0.0, 6.0),
            Self::LeakyRelu(slope) => {
                if x > 0.0 {
                    x
                } else {
                    slope * x
                }
            }
            Self::Elu(alpha) => {
                if x > 0.0 {
                    x
                } else {
                    alpha * x.exp_m1()
                }
            }
            Self::Gelu => x * normal_distribution(x),
            Self::GeluTanh => {
                let inner = 0.797_884_6 * (x + 0.044_715 * x * x * x);
                0.5 * x * (1.0 + inner.tanh())
            }
            Self::Silu => x / (1.0 + (-x).exp()),
            Self::Mish => x * softplus(x).tanh(),
            Self::HardSwish => x * (x + 3.0).clamp(0.0, 6.0) / 6.0,
            Self::Sigmoid => 1.0 / (1.0 + (-x).exp()),
            Self::Tanh => x.tanh(),
            Self::Softplus => softplus(x),
        }
    }
}

/// `y = act(x)`, element by element.
///
/// # Panics
/// If the lengths differ.
pub fn forward(act: Activation, x: &[f32], y: &mut [f32]) {
    assert_eq!(x.len(), y.len(), "activation: x and y must be equally long");
    for (y, &x) in y.iter_mut().zip(x) {
        *y = act.apply(x);
    }
}

/// `x = act(x)`, element by element.
pub fn forward_in_place(act: Activation, x: &mut [f32]) {
    for x in x {
        *x = act.apply(*x);
    }
}

/// `dx = dy * act'`, the derivative from `saved`: the output `y` if [`Activation::saves_output`], else the input `x`.
///
/// # Panics
/// If the lengths differ.
pub fn backward(act: Activation, saved: &[f32], dy: &[f32], dx: &mut [f32]) {
    assert_eq!(saved.len(), dx.len(), "activation: length of saved");
    assert_eq!(dy.len(), dx.len(), "activation: length of dy");
    for ((dx, &dy), &saved) in dx.iter_mut().zip(dy).zip(saved) {
        *dx = dy * act.derivative(saved);
    }
}

/// [`backward`] on gradients that it replaces.
///
/// # Panics
/// If the lengths differ.
pub fn backward_in_place(act: Activation, saved: &[f32], d: &mut [f32]) {
    assert_eq!(saved.len(), d.len(), "activation: length of saved");
    for (d, &saved) in d.iter_mut().zip(saved) {
        *d *= act.derivative(saved);
    }
}

/// `ln(1 + exp(x))` without overflow.
fn softplus(x: f32) -> f32 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

/// `Φ(x)` by Abramowitz and Stegun, formula 26.2.17 (absolute error below 7.5e-8).
fn normal_distribution(x: f32) -> f32 {
    let z = f64::from(x.abs());
    let t = 1.0 / (1.0 + 0.231_641_9 * z);
    let series = t
        * (0.319_381_530
            + t * (-0.356_563_782
                + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
    let upper = (-0.5 * z * z).exp() * 0.398_942_280_401_432_7 * series;
    (if x >= 0.0 { 1.0 - upper } else { upper }) as f32
}

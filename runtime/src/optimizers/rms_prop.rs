//! RMSprop: steps scaled by the running mean of squared gradients.

use crate::optimizers::elementwise::{self, Elementwise};
use crate::optimizers::error::{decay, not_negative, positive};
use crate::optimizers::{Bounds, Optimizer, OptimizerError, OptimizerStep, TensorPart, TensorRun};

/// Steps scaled by the running size of each gradient (Hinton 2012).
///
/// `s ← ρ s + (1 - ρ) g²; p ← p - learning_rate · g / (√s + ε)`.
///
/// [`centered`](RmsProp::centered) takes `s - a²` in place of `s`, `a ← ρ a + (1 - ρ) g` (Graves 2013, "Generating
/// sequences with recurrent neural networks", equations 38 to 45); with momentum `b ← momentum · b + g / (√s + ε)`,
/// `p ← p - learning_rate · b`. Hinton's lecture 6e of "Neural networks for machine learning", in the form of
/// `torch.optim.RMSprop`; Keras adds `ε` under the root. The defaults are Keras': learning rate 0.001, `ρ` 0.9
/// (PyTorch's is 0.99), `ε` 1e-7 (PyTorch's is 1e-8).
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::optimizers::RmsProp;
/// let optimizer = RmsProp::new(1e-3).momentum(0.9).centered();
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RmsProp {
    learning_rate: f32,
    rho: f32,
    epsilon: f32,
    momentum: f32,
    centered: bool,
    weight_decay: f32,
}

impl RmsProp {
    /// With this learning rate.
    pub fn new(learning_rate: f32) -> Self {
        RmsProp {
            learning_rate,
            rho: 0.9,
            epsilon: 1e-7,
            momentum: 0.0,
            centered: false,
            weight_decay: 0.0,
        }
    }

    /// How slowly the mean of the squares moves: 0 to below 1, 0.9 at first.
    pub fn rho(mut self, rho: f32) -> Self {
        self.rho = rho;
        self
    }

    /// What keeps the quotient finite: above 0, 1e-7 at first.
    pub fn epsilon(mut self, epsilon: f32) -> Self {
        self.epsilon = epsilon;
        self
    }

    /// How much of the last direction is kept: 0 to below 1, 0 at first.
    pub fn momentum(mut self, momentum: f32) -> Self {
        self.momentum = momentum;
        self
    }

    /// Scales by the spread of the gradients about their mean, not by their size.
    pub fn centered(mut self) -> Self {
        self.centered = true;
        self
    }

    /// Adds this part of the parameters, biases and norms too, to their gradients (an L2 penalty): 0 or more, 0 at first.
    pub fn weight_decay(mut self, weight_decay: f32) -> Self {
        self.weight_decay = weight_decay;
        self
    }
}

/// Learning rate 0.001.
impl Default for RmsProp {
    fn default() -> Self {
        RmsProp::new(1e-3)
    }
}

impl Optimizer for RmsProp {
    fn name(&self) -> &'static str {
        "RmsProp"
    }

    fn learning_rate(&self) -> f32 {
        self.learning_rate
    }

    fn slots(&self) -> &'static [&'static str] {
        match (self.centered, self.momentum != 0.0) {
            (false, false) => &["mean_square"],
            (false, true) => &["mean_square", "momentum"],
            (true, false) => &["mean_square", "mean_gradient"],
            (true, true) => &["mean_square", "mean_gradient", "momentum"],
        }
    }

    fn squares(&self) -> &'static [&'static str] {
        &["mean_square"]
    }

    fn settings(&self) -> String {
        format!("{self:?}")
    }

    fn validate(&self) -> Result<(), OptimizerError> {
        not_negative(self.name(), "learning_rate", self.learning_rate)?;
        decay(self.name(), "rho", self.rho)?;
        positive(self.name(), "epsilon", self.epsilon)?;
        decay(self.name(), "momentum", self.momentum)?;
        not_negative(self.name(), "weight_decay", self.weight_decay)
    }

    fn bounds(&self, step: &OptimizerStep, gradient: f64, before: &Bounds) -> Option<Bounds> {
        let [rho, momentum, decay, epsilon] =
            [self.rho, self.momentum, self.weight_decay, self.epsilon].map(f64::from);
        let mean = |before: f64, x: f64| rho * before + (1.0 - rho) * x;
        let g = gradient + decay * before.parameters;
        let square = mean(before.slots[0], g * g);
        let direction = g / epsilon;
        let kept = |slot: usize| match self.momentum {
            0.0 => direction,
            _ => momentum * before.slots[slot] + direction,
        };
        let moved = |kept: f64| before.parameters + f64::from(step.learning_rate) * kept;
        if !self.centered {
            let b = kept(1);
            return Some(Bounds::new(moved(b), [square, b], b.max(g * g)));
        }
        let (a, b) = (mean(before.slots[1], g), kept(2));
        Some(Bounds::new(
            moved(b),
            [square, a, b],
            b.max(g * g).max(a * a),
        ))
    }

    fn update(&self, step: &OptimizerStep, part: TensorPart<'_>) {
        elementwise::update(self, step, part);
    }

    fn update_run(&self, step: &OptimizerStep, run: TensorRun<'_>) {
        elementwise::update_run(self, step, run);
    }
}

impl Elementwise for RmsProp {
    #[inline(always)]
    fn apply(&self, step: &OptimizerStep, part: TensorPart<'_>) {
        let learning_rate = step.learning_rate;
        let RmsProp {
            rho,
            epsilon,
            momentum,
            weight_decay,
            ..
        } = *self;
        let share = (1.0 - f64::from(rho)) as f32;
        let pairs = part.values.iter_mut().zip(part.gradient);
        let spread = |g: f32, s: &mut f32, a: &mut f32| {
            *s = rho * *s + share * (g * g);
            *a = rho * *a + share * g;
            // Rounding may bring the difference of two nearly equal numbers below 0.
            (*s - *a * *a).max(0.0).sqrt() + epsilon
        };
        let size = |g: f32, s: &mut f32| {
            *s = rho * *s + share * (g * g);
            s.sqrt() + epsilon
        };
        match (self.centered, part.slots) {
            (true, [square, mean, kept]) => {
                let kept = square.iter_mut().zip(mean.iter_mut()).zip(kept.iter_mut());
                for ((p, &g), ((s, a), b)) in pairs.zip(kept) {
                    let g = g + weight_decay * *p;
                    *b = momentum * *b + g / spread(g, s, a);
                    *p -= learning_rate * *b;
                }
            }
            (true, [square, mean]) => {
                for ((p, &g), (s, a)) in pairs.zip(square.iter_mut().zip(mean.iter_mut())) {
                    let g = g + weight_decay * *p;
                    *p -= learning_rate * (g / spread(g, s, a));
                }
            }
            (false, [square, kept]) => {
                for ((p, &g), (s, b)) in pairs.zip(square.iter_mut().zip(kept.iter_mut())) {
                    let g = g + weight_decay * *p;
                    *b = momentum * *b + g / size(g, s);
                    *p -= learning_rate * *b;
                }
            }
            (_, slots) => {
                for ((p, &g), s) in pairs.zip(slots[0].iter_mut()) {
                    let g = g + weight_decay * *p;
                    *p -= learning_rate * (g / size(g, s));
                }
            }
        }
    }
}

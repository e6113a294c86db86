//! Stochastic gradient descent with momentum, Nesterov's or plain, and weight decay.

use crate::optimizers::elementwise::{self, Elementwise};
use crate::optimizers::error::{decay, not_negative, require};
use crate::optimizers::{Bounds, Optimizer, OptimizerError, OptimizerStep, TensorPart, TensorRun};

/// Gradient descent with momentum.
///
/// `g ← g + weight_decay · p; m ← momentum · m + g; p ← p - learning_rate · m`; with Nesterov's momentum
/// `p ← p - learning_rate · (g + momentum · m)`.
///
/// Sutskever et al. 2013, "On the importance of initialization and momentum in deep learning", in the form of
/// `torch.optim.SGD`. Keras multiplies the rate into `m`, which is the same as long as the rate doesn't change.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::optimizers::Sgd;
/// let optimizer = Sgd::new(0.1).momentum(0.9).nesterov().weight_decay(5e-4);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sgd {
    learning_rate: f32,
    momentum: f32,
    nesterov: bool,
    weight_decay: f32,
}

impl Sgd {
    /// With this learning rate, without momentum and decay.
    pub fn new(learning_rate: f32) -> Self {
        Sgd {
            learning_rate,
            momentum: 0.0,
            nesterov: false,
            weight_decay: 0.0,
        }
    }

    /// How much of the last direction is kept: 0 to below 1, often 0.9.
    pub fn momentum(mut self, momentum: f32) -> Self {
        self.momentum = momentum;
        self
    }

    /// Looks ahead along the momentum; needs a [`momentum`](Sgd::momentum) above 0.
    pub fn nesterov(mut self) -> Self {
        self.nesterov = true;
        self
    }

    /// Adds this part of the parameters, biases and norms too, to their gradients (an L2 penalty): 0 or more, often 1e-4.
    pub fn weight_decay(mut self, weight_decay: f32) -> Self {
        self.weight_decay = weight_decay;
        self
    }
}

/// Learning rate 0.01, no momentum.
impl Default for Sgd {
    fn default() -> Self {
        Sgd::new(0.01)
    }
}

impl Optimizer for Sgd {
    fn name(&self) -> &'static str {
        "Sgd"
    }

    fn learning_rate(&self) -> f32 {
        self.learning_rate
    }

    fn slots(&self) -> &'static [&'static str] {
        if self.momentum == 0.0 {
            &[]
        } else {
            &["momentum"]
        }
    }

    fn settings(&self) -> String {
        format!("{self:?}")
    }

    fn validate(&self) -> Result<(), OptimizerError> {
        not_negative(self.name(), "learning_rate", self.learning_rate)?;
        decay(self.name(), "momentum", self.momentum)?;
        let holds = !self.nesterov || self.momentum > 0.0;
        let expected = "above 0 with `nesterov()`";
        require(self.name(), "momentum", self.momentum, expected, holds)?;
        not_negative(self.name(), "weight_decay", self.weight_decay)
    }

    fn bounds(&self, step: &OptimizerStep, gradient: f64, before: &Bounds) -> Option<Bounds> {
        let [momentum, decay] = [self.momentum, self.weight_decay].map(f64::from);
        let g = gradient + decay * before.parameters;
        let m = momentum * before.slots[0] + g;
        let direction = if self.nesterov { g + momentum * m } else { m };
        let p = before.parameters + f64::from(step.learning_rate) * direction;
        Some(Bounds::new(p, [m], direction))
    }

    fn update(&self, step: &OptimizerStep, part: TensorPart<'_>) {
        elementwise::update(self, step, part);
    }

    fn update_run(&self, step: &OptimizerStep, run: TensorRun<'_>) {
        elementwise::update_run(self, step, run);
    }
}

impl Elementwise for Sgd {
    #[inline(always)]
    fn apply(&self, step: &OptimizerStep, part: TensorPart<'_>) {
        let learning_rate = step.learning_rate;
        let Sgd {
            momentum,
            nesterov,
            weight_decay,
            ..
        } = *self;
        let pairs = part.values.iter_mut().zip(part.gradient);
        match part.slots {
            [kept] if nesterov => {
                for ((p, &g), m) in pairs.zip(kept.iter_mut()) {
                    let g = g + weight_decay * *p;
                    *m = momentum * *m + g;
                    *p -= learning_rate * (g + momentum * *m);
                }
            }
            [kept] => {
                for ((p, &g), m) in pairs.zip(kept.iter_mut()) {
                    *m = momentum * *m + (g + weight_decay * *p);
                    *p -= learning_rate * *m;
                }
            }
            _ => {
                for (p, &g) in pairs {
                    *p -= learning_rate * (g + weight_decay * *p);
                }
            }
        }
    }
}

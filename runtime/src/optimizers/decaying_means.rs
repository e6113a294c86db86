//! The two decaying means that Adam and AdamW keep of each gradient, and the step they make of them.

use crate::optimizers::error::{decay, not_negative, positive};
use crate::optimizers::{Bounds, OptimizerError, TensorPart};

/// The settings that Adam and AdamW share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct DecayingMeans {
    pub(crate) learning_rate: f32,
    pub(crate) beta1: f32,
    pub(crate) beta2: f32,
    pub(crate) epsilon: f32,
}

impl DecayingMeans {
    pub(crate) const SLOTS: &'static [&'static str] = &["first_moment", "second_moment"];
    pub(crate) const SQUARES: &'static [&'static str] = &["second_moment"];

    pub(crate) fn new(learning_rate: f32) -> Self {
        DecayingMeans {
            learning_rate,
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-7,
        }
    }

    pub(crate) fn validate(&self, optimizer: &'static str) -> Result<(), OptimizerError> {
        not_negative(optimizer, "learning_rate", self.learning_rate)?;
        decay(optimizer, "beta1", self.beta1)?;
        decay(optimizer, "beta2", self.beta2)?;
        positive(optimizer, "epsilon", self.epsilon)
    }

    /// The factors of a step that first leaves `keep` of each parameter: `keep`, the rate freed from the first mean's
    /// start at zero, and what frees the root of the second.
    pub(crate) fn factors(&self, number: u64, learning_rate: f32, keep: f32) -> [f32; 4] {
        let unbias1 = 1.0 - power(self.beta1, number);
        let unbias2 = 1.0 - power(self.beta2, number);
        let rate = (f64::from(learning_rate) / unbias1) as f32;
        let root = (1.0 / unbias2.sqrt()) as f32;
        [keep, rate, root, 0.0]
    }

    /// Bounds of the numbers after such a step.
    pub(crate) fn bounds(
        &self,
        [keep, rate, root, _]: [f32; 4],
        gradient: f64,
        before: &Bounds,
    ) -> Bounds {
        let [keep, rate, root] = [keep, rate, root].map(f64::from);
        let [beta1, beta2, epsilon] = [self.beta1, self.beta2, self.epsilon].map(f64::from);
        let first = beta1 * before.slots[0] + (1.0 - beta1) * gradient;
        let second = beta2 * before.slots[1] + (1.0 - beta2) * gradient * gradient;
        let moved = rate * first;
        let parameters = keep.abs() * before.parameters + moved / epsilon;
        let way = (gradient * gradient).max(moved).max(second.sqrt() * root);
        Bounds::new(parameters, [first, second], way)
    }

    /// `p ← keep · p - rate · m̂ / (√v̂ + ε)`, where `m̂` and `v̂` are the means freed from their start at zero.
    #[inline(always)]
    pub(crate) fn update(&self, [keep, rate, root, _]: [f32; 4], part: TensorPart<'_>) {
        let [first, second] = part.slots else {
            unreachable!("`elementwise::update` has counted the slots")
        };
        let DecayingMeans {
            beta1,
            beta2,
            epsilon,
            ..
        } = *self;
        let first_share = (1.0 - f64::from(beta1)) as f32;
        let second_share = (1.0 - f64::from(beta2)) as f32;
        let moments = first.iter_mut().zip(second.iter_mut());
        for ((p, &g), (m, v)) in part.values.iter_mut().zip(part.gradient).zip(moments) {
            *m = beta1 * *m + first_share * g;
            *v = beta2 * *v + second_share * (g * g);
            *p = keep * *p - rate * *m / (v.sqrt() * root + epsilon);
        }
    }
}

/// `beta^step`; steps beyond `i32` are so many that the power is 0 for every `f32` below 1.
fn power(beta: f32, step: u64) -> f64 {
    f64::from(beta).powi(i32::try_from(step).unwrap_or(i32::MAX))
}

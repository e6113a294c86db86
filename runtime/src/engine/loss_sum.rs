//! The loss of one output over a batch, before it is divided.

/// The loss of one output over a batch as the sum and what it is divided by, so that those of several batches can be put
/// together: `Σ sum / Σ weight` is their mean.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LossSum {
    /// `Σ w · l` over the examples (or rows): their losses, each times its weight.
    pub sum: f64,
    /// `Σ w`: the number of examples (or rows), or the sum of their weights.
    pub weight: f64,
}

impl LossSum {
    /// The mean loss `sum / weight`; 0 where nothing has any weight.
    pub fn mean(self) -> f64 {
        if self.weight > 0.0 {
            self.sum / self.weight
        } else {
            0.0
        }
    }

    /// One over the weight, by which gradients are multiplied; 0 where nothing has any weight.
    pub(super) fn scale(self) -> f32 {
        if self.weight > 0.0 {
            (1.0 / self.weight) as f32
        } else {
            0.0
        }
    }
}

impl std::ops::AddAssign for LossSum {
    fn add_assign(&mut self, other: Self) {
        self.sum += other.sum;
        self.weight += other.weight;
    }
}

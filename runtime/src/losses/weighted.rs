//! A loss that counts more or less than the others of a model with several outputs.

use crate::data::TargetsView;
use crate::link::OutputSpec;
use crate::losses::{Loss, LossError, OutputLoss, check};

/// A loss that counts more or less than the others of a model with several outputs.
///
/// `weight` times another loss.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::losses::{MeanSquaredError, SparseCategoricalCrossEntropy, Weighted};
/// let losses = (SparseCategoricalCrossEntropy::new(), Weighted::new(0.3, MeanSquaredError));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weighted<L> {
    weight: f32,
    loss: L,
}

impl<L> Weighted<L> {
    /// `weight` times `loss`.
    pub fn new(weight: f32, loss: L) -> Self {
        Weighted { weight, loss }
    }
}

impl<Kind, Targets, L: Loss<Kind, Targets> + OutputLoss> Loss<Kind, Targets> for Weighted<L> {
    fn parts(&self) -> Vec<&dyn OutputLoss> {
        vec![self]
    }
}

impl<L: OutputLoss> OutputLoss for Weighted<L> {
    fn name(&self) -> &'static str {
        self.loss.name()
    }

    fn settings(&self) -> String {
        format!("weight: {:?}, {}", self.weight, self.loss.settings())
    }

    fn is_regression(&self) -> bool {
        self.loss.is_regression()
    }

    fn check(
        &self,
        output: OutputSpec,
        targets: TargetsView<'_>,
        examples: usize,
    ) -> Result<(), LossError> {
        let holds = self.weight.is_finite() && self.weight >= 0.0;
        check::setting("Weighted", "weight", self.weight, "0 or more", holds)?;
        self.loss.check(output, targets, examples)
    }

    fn total_weight(&self, output: OutputSpec, targets: TargetsView<'_>, examples: usize) -> f64 {
        self.loss.total_weight(output, targets, examples)
    }

    fn forward_backward(
        &self,
        output: OutputSpec,
        outputs: &[f32],
        targets: TargetsView<'_>,
        scale: f32,
        gradients: Option<&mut [f32]>,
    ) -> f64 {
        let scale = scale * self.weight;
        f64::from(self.weight)
            * self
                .loss
                .forward_backward(output, outputs, targets, scale, gradients)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::Link;
    use crate::losses::MeanSquaredError;

    #[test]
    fn a_weighted_loss_scales_value_and_gradient() {
        let output = OutputSpec::new(Link::Plain, &[1]);
        let targets = TargetsView::Values(&[0.0]);
        let mut gradients = [0.0];
        let loss = Weighted::new(0.25, MeanSquaredError);
        let value = loss.forward_backward(output, &[2.0], targets, 1.0, Some(&mut gradients));
        assert_eq!((value, gradients), (1.0, [1.0]));
    }

    #[test]
    fn a_negative_weight_is_refused() {
        let output = OutputSpec::new(Link::Plain, &[1]);
        let loss = Weighted::new(-1.0, MeanSquaredError);
        let came = loss.check(output, TargetsView::Values(&[0.0]), 1);
        assert_eq!(
            came.unwrap_err().to_string(),
            "Weighted: weight is -1, expected 0 or more"
        );
    }
}

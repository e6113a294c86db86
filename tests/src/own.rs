//! Losses of the tests' own.

use shapeflow::data::TargetsView;
use shapeflow::link::OutputSpec;
use shapeflow::losses::{LossError, OutputLoss};

/// A loss that takes all targets and weighs all examples alike, with the function in the place of `forward_backward`.
pub struct Own<F>(pub F);

/// What [`Own`] holds, where it is a function with a name.
pub type ForwardBackward = fn(OutputSpec, &[f32], TargetsView<'_>, f32, Option<&mut [f32]>) -> f64;

/// Half the sum of squares, of an output before its link whatever that is; the mean is over examples.
pub const SQUARES: Own<ForwardBackward> = Own(squares);

/// Zero for whatever comes, with gradients of zero.
pub const SILENT: Own<ForwardBackward> = Own(|_, _, _, _, gradients| {
    if let Some(gradients) = gradients {
        gradients.fill(0.0);
    }
    0.0
});

impl<F> OutputLoss for Own<F>
where
    F: Fn(OutputSpec, &[f32], TargetsView<'_>, f32, Option<&mut [f32]>) -> f64 + Send + Sync,
{
    fn name(&self) -> &'static str {
        "Own"
    }

    fn check(&self, _: OutputSpec, _: TargetsView<'_>, _: usize) -> Result<(), LossError> {
        Ok(())
    }

    fn total_weight(&self, _: OutputSpec, _: TargetsView<'_>, examples: usize) -> f64 {
        examples as f64
    }

    fn forward_backward(
        &self,
        output: OutputSpec,
        outputs: &[f32],
        targets: TargetsView<'_>,
        scale: f32,
        gradients: Option<&mut [f32]>,
    ) -> f64 {
        self.0(output, outputs, targets, scale, gradients)
    }
}

fn squares(
    _: OutputSpec,
    outputs: &[f32],
    targets: TargetsView<'_>,
    scale: f32,
    gradients: Option<&mut [f32]>,
) -> f64 {
    let TargetsView::Values(targets) = targets else {
        panic!("squares are of numbers");
    };
    let differences = || outputs.iter().zip(targets).map(|(y, t)| y - t);
    if let Some(gradients) = gradients {
        for (gradient, difference) in gradients.iter_mut().zip(differences()) {
            *gradient = scale * difference;
        }
    }
    let squares = differences().map(|d| f64::from(d) * f64::from(d));
    0.5 * squares.sum::<f64>()
}

//! The loss of all cases.

use shapeflow::data::TargetsView;
use shapeflow::link::OutputSpec;
use shapeflow::losses::{LossError, OutputLoss};

/// Half the sum of squares, of an output before its link whatever that is; the mean is over examples.
pub struct Squares;

fn values(targets: TargetsView<'_>) -> &[f32] {
    match targets {
        TargetsView::Values(values) => values,
        _ => panic!("the cases have numbers as targets"),
    }
}

impl OutputLoss for Squares {
    fn name(&self) -> &'static str {
        "Squares"
    }

    fn check(&self, _: OutputSpec, _: TargetsView<'_>, _: usize) -> Result<(), LossError> {
        Ok(())
    }

    fn total_weight(&self, _: OutputSpec, _: TargetsView<'_>, examples: usize) -> f64 {
        examples as f64
    }

    fn forward_backward(
        &self,
        _: OutputSpec,
        outputs: &[f32],
        targets: TargetsView<'_>,
        scale: f32,
        gradients: Option<&mut [f32]>,
    ) -> f64 {
        let differences = || outputs.iter().zip(values(targets)).map(|(y, t)| y - t);
        if let Some(gradients) = gradients {
            for (gradient, difference) in gradients.iter_mut().zip(differences()) {
                *gradient = scale * difference;
            }
        }
        let squares = differences().map(|d| f64::from(d) * f64::from(d));
        0.5 * squares.sum::<f64>()
    }
}

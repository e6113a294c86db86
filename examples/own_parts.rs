//! A loss, a metric and a callback of one's own: the 90 % quantile is learnt, its coverage measured, the learning rate set.
//!
//! `cargo run --release --example own_parts`

use std::error::Error;

use shapeflow::link::{OutputSpec, output};
use shapeflow::metrics::MetricError;
use shapeflow::ndarray::Array2;
use shapeflow::prelude::*;

model! {
    pub struct Delay(hour: [1]) -> [1] { hour -> [Dense(24) -> Tanh; 2] -> Dense(1) }
}

/// The pinball loss: least where this share of the targets lies below the prediction.
#[derive(Debug)]
struct Pinball(f32);

/// It fits plain outputs with numbers as targets; another pair doesn't compile.
impl Loss<output::Plain, Values> for Pinball {
    fn parts(&self) -> Vec<&dyn OutputLoss> {
        vec![self]
    }
}

impl OutputLoss for Pinball {
    fn name(&self) -> &'static str {
        "Pinball"
    }

    fn settings(&self) -> String {
        format!("{self:?}") // a resume with another share is refused
    }

    fn check(&self, o: OutputSpec, t: TargetsView<'_>, examples: usize) -> Result<(), LossError> {
        MeanAbsoluteError.check(o, t, examples) // the same targets are right
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
        mut gradients: Option<&mut [f32]>,
    ) -> f64 {
        let TargetsView::Values(targets) = targets else {
            unreachable!("checked")
        };
        let (mut sum, each) = (0.0, 1.0 / output.size() as f32);
        for (i, (y, t)) in outputs.iter().zip(targets).enumerate() {
            let slope = if t > y { -self.0 } else { 1.0 - self.0 };
            sum += f64::from(slope * (y - t) * each);
            if let Some(gradients) = &mut gradients {
                gradients[i] = scale * slope * each;
            }
        }
        sum
    }
}

/// The share of targets that lie below the prediction.
#[derive(Default)]
struct Coverage {
    below: usize,
    all: usize,
}

impl Metric for Coverage {
    fn name(&self) -> &str {
        "coverage"
    }

    fn higher_is_better(&self) -> bool {
        true
    }

    fn reset(&mut self) {
        *self = Self::default();
    }

    fn update(
        &mut self,
        _: OutputSpec,
        predictions: &[f32],
        targets: TargetsView<'_>,
    ) -> Result<(), MetricError> {
        let TargetsView::Values(targets) = targets else {
            let (expected, found) = ("values (`Values`)", targets.kind());
            return Err(MetricError::TargetKind {
                metric: "coverage".into(),
                expected,
                found,
            });
        };
        self.below += predictions
            .iter()
            .zip(targets)
            .filter(|(y, t)| t < y)
            .count();
        self.all += targets.len();
        Ok(())
    }

    fn value(&self) -> f64 {
        self.below as f64 / self.all as f64
    }
}

/// Each step a little smaller than the one before.
struct Cooling;

impl Callback for Cooling {
    fn on_batch_begin(&mut self, batch: &mut BatchBegin) -> Result<(), CallbackError> {
        batch.learning_rate *= 1.0 / (1.0 + 0.002 * batch.step as f32);
        Ok(())
    }

    fn on_epoch_end(&mut self, epoch: &mut EpochEnd<'_>) -> Result<Control, CallbackError> {
        let largest = epoch
            .network
            .tensor("dense1.weight")?
            .iter()
            .fold(0.0_f32, |m, w| m.max(w.abs()));
        if largest > 100.0 {
            return Ok(Control::Stop(format!("a weight of {largest}")));
        }
        Ok(Control::Continue)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let examples = 2_000;
    let noise = |i: usize| ((i as u32).wrapping_mul(2_654_435_761) >> 8) as f32 / (1 << 24) as f32;
    let hours = Array2::from_shape_fn((examples, 1), |(i, _)| (i % 97) as f32 / 97.0);
    let delays: Vec<f32> = (0..examples)
        .map(|i| hours[[i, 0]].powi(2) + 0.5 * noise(i))
        .collect();
    let (train, test) = Dataset::new(hours, Values::from(delays))?.split(0.8, 1)?;

    let mut network = Delay::new(1);
    let history = Fit::new(Pinball(0.9), Adam::new(0.01))
        .batch_size(64)
        .epochs(40)
        .metric(Coverage::default())
        .callback(Cooling)
        .validation(&test)
        .run(&mut network, &train)?;
    let coverage = history
        .last("val_coverage")
        .ok_or("coverage was measured")?;
    println!(
        "{:.1} % of the delays are below what was predicted",
        100.0 * coverage
    );
    assert!((coverage - 0.9).abs() < 0.05);
    Ok(())
}

//! A loss and a metric of one's own: the 90 % quantile is learnt, and measured how many targets lie below it.
//!
//! `cargo run --release --example own_loss`

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
        _: OutputSpec,
        outputs: &[f32],
        targets: TargetsView<'_>,
        scale: f32,
        gradients: Option<&mut [f32]>,
    ) -> f64 {
        let slope = |y: f32, t: f32| if t > y { -self.0 } else { 1.0 - self.0 };
        let TargetsView::Values(targets) = targets else {
            return 0.0; // `check` lets no others in
        };
        let pairs = || outputs.iter().zip(targets);
        if let Some(gradients) = gradients {
            for (gradient, (&y, &t)) in gradients.iter_mut().zip(pairs()) {
                *gradient = scale * slope(y, t);
            }
        }
        pairs()
            .map(|(&y, &t)| f64::from(slope(y, t) * (y - t)))
            .sum()
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
            let (metric, reason) = ("coverage".into(), "it takes numbers".into());
            return Err(MetricError::Other { metric, reason });
        };
        let pairs = predictions.iter().zip(targets);
        self.below += pairs.filter(|(y, t)| t < y).count();
        self.all += predictions.len();
        Ok(())
    }

    fn value(&self) -> f64 {
        self.below as f64 / self.all as f64
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let noise = |i: usize| ((i as u32).wrapping_mul(2_654_435_761) >> 8) as f32 / (1 << 24) as f32;
    let hours = Array2::from_shape_fn((2_000, 1), |(i, _)| (i % 97) as f32 / 97.0);
    let delay = |(i, &hour): (usize, &f32)| hour.powi(2) + 0.5 * noise(i);
    let delays: Vec<f32> = hours.iter().enumerate().map(delay).collect();
    let (train, test) = Dataset::new(hours, Values::from(delays))?.split(0.8, 1)?;

    let mut network = Delay::new(1);
    let history = Fit::new(Pinball(0.9), Adam::new(0.01))
        .batch_size(64)
        .epochs(40)
        .schedule(CosineDecay::new())
        .metric(Coverage::default())
        .validation(&test)
        .run(&mut network, &train)?;
    let coverage = history.last("val_coverage")?;
    println!("{:.1} % of the delays are below it", 100.0 * coverage);
    assert!((coverage - 0.9).abs() < 0.05);
    Ok(())
}

//! A callback of one's own: it sets the learning rate of each step, looks at the weights and ends training.
//!
//! `cargo run --release --example own_callback`

use std::error::Error;

use shapeflow::ndarray::Array2;
use shapeflow::prelude::*;

model! {
    pub struct Curve(x: [1]) -> [1] { x -> [Dense(24) -> Tanh; 2] -> Dense(1) }
}

/// A rate that falls step by step, until the first layer's weights hardly move.
#[derive(Default)]
struct Cooling {
    /// The lengths of the first layer's weights after each epoch.
    lengths: Vec<f32>,
}

impl Callback for Cooling {
    fn name(&self) -> &str {
        "Cooling"
    }

    fn reset(&mut self) {
        *self = Self::default(); // a second run begins anew
    }

    fn on_batch_begin(&mut self, batch: &mut BatchBegin) -> Result<(), CallbackError> {
        batch.learning_rate /= 1.0 + 0.002 * batch.step as f32;
        Ok(())
    }

    fn on_epoch_end(&mut self, epoch: &mut EpochEnd<'_>) -> Result<Control, CallbackError> {
        let weights = epoch.network.tensor("dense1.weight")?;
        let length = weights.iter().map(|w| w * w).sum::<f32>().sqrt();
        let moved = self.lengths.last().map(|last| (length - last).abs());
        self.lengths.push(length);
        Ok(match moved {
            Some(moved) if moved < 1e-4 => {
                Control::Stop(format!("the weights moved by {moved:.6}"))
            }
            _ => Control::Continue,
        })
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let x = Array2::from_shape_fn((2_000, 1), |(i, _)| i as f32 / 1_000.0 - 1.0);
    let y: Vec<f32> = x.iter().map(|x| (3.0 * x).sin()).collect();
    let (train, test) = Dataset::new(x, Values::from(y))?.split(0.8, 1)?;

    let mut cooling = Cooling::default();
    let history = Fit::new(MeanSquaredError::new(), Adam::new(0.01))
        .epochs(60)
        .metric(R2::new())
        .validation(&test)
        .callback(&mut cooling)
        .run(&mut Curve::new(1), &train)?;
    if let [first, .., last] = cooling.lengths[..] {
        println!("the first layer's weights grew from {first:.3} to {last:.3}");
    }
    assert_eq!(cooling.lengths.len(), history.len());
    assert!(history.last("val_r2")? > 0.98);
    Ok(())
}

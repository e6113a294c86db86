//! A time series: windows of 24 hours predict the next one, with convolutions along time, in a training loop of one's own.
//!
//! `cargo run --release --example series`

use std::error::Error;

use shapeflow::ndarray::{Array2, Array4};
use shapeflow::prelude::*;
use shapeflow::steps::{Batch, OptimizerSlots, TrainWorkspace};

/// What a window holds.
const HOURS: usize = 24;

model! {
    /// A sequence is a picture of width 1: `[time, 1, channels]`.
    pub struct Next(window: [HOURS, 1, 2]) -> [1] {
        window
            -> Conv2d(16, 5x1, padding = same) -> Relu -> MaxPool2d(2x1)
            -> Conv2d(16, 3x1, padding = same) -> Relu
            -> Flatten -> Dense(1)
    }
}

/// Each window with the number that follows it.
fn windows(series: &Array2<f32>) -> Result<Dataset<Values>, DataError> {
    let examples = series.nrows() - HOURS;
    let shape = (examples, HOURS, 1, series.ncols());
    let inputs = Array4::from_shape_fn(shape, |(i, t, _, c)| series[[i + t, c]]);
    let targets: Vec<f32> = (0..examples).map(|i| series[[i + HOURS, 0]]).collect();
    Dataset::new(inputs, Values::from(targets))
}

fn main() -> Result<(), Box<dyn Error>> {
    // Two waves: the second tells what the first is about to do.
    let series = Array2::from_shape_fn((600, 2), |(t, c)| {
        let t = t as f32;
        [(0.3 * t).sin() * (0.07 * t).cos(), (0.07 * t).cos()][c]
    });
    // Cut by time, not at random: a window of the test must not lie within those of training.
    let (before, after) = series.view().split_at(shapeflow::ndarray::Axis(0), 450);
    let (train, test) = (windows(&before.to_owned())?, windows(&after.to_owned())?);

    let (mut network, adam, loss) = (Next::new(1), Adam::new(0.005), MeanSquaredError::new());
    let mut workspace = TrainWorkspace::new(Next::PROGRAM, 32);
    let mut slots = OptimizerSlots::new(Next::PROGRAM, &adam)?;
    let mut buffers = BatchBuffers::new();
    for epoch in 0..30 {
        let rate = 0.005 * 0.93_f32.powi(epoch);
        let mut sum = 0.0;
        for examples in train.shuffled(7, epoch as u64).chunks(32) {
            train.gather(examples, &mut buffers);
            let batch = Batch {
                inputs: &[buffers.input(0)],
                targets: &[buffers.target(0)],
                examples: examples.len(),
            };
            let clip = Clip::GlobalNorm(1.0);
            let report = workspace.step(
                &mut network,
                &batch,
                &[&loss],
                &adam,
                &mut slots,
                rate,
                clip,
                7,
            )?;
            sum += report.loss * examples.len() as f64;
        }
        println!(
            "epoch {:2}  loss {:.5}",
            epoch + 1,
            sum / train.len() as f64
        );
    }
    let figures = Evaluate::new(loss).metric(R2::new()).run(&network, &test)?;
    println!("{figures}");
    assert!(figures.get("r2")? > 0.9);
    Ok(())
}

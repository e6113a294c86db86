//! A program that may be ended at any time: started again, it goes on, and the weights are those of a run without a break.
//!
//! `cargo run --release --example resume`, and end it with Ctrl-C as often as you like.

use std::error::Error;

use shapeflow::ndarray::Array2;
use shapeflow::prelude::*;

model! {
    pub struct Spiral(point: [2]) -> [2] {
        point -> [Dense(32) -> Relu; 2] -> Dense(2) -> Softmax
    }
}

const CHECKPOINT: &str = "out/spiral.safetensors";

/// Two arms of a spiral.
fn spiral(examples: usize) -> Result<Dataset<Classes>, DataError> {
    let points = Array2::from_shape_fn((examples, 2), |(i, axis)| {
        let along = (i / 2) as f32 / (examples / 2) as f32;
        let angle = 5.0 * along
            + if i % 2 == 0 {
                0.0
            } else {
                std::f32::consts::PI
            };
        (0.1 + along) * if axis == 0 { angle.cos() } else { angle.sin() }
    });
    Dataset::new(
        points,
        Classes((0..examples as u32).map(|i| i % 2).collect()),
    )
}

/// Ends the run after an epoch, as a power cut would, only that this program lives on.
struct EndAfter(usize);

impl Callback for EndAfter {
    fn on_epoch_end(&mut self, epoch: &mut EpochEnd<'_>) -> Result<Control, CallbackError> {
        match epoch.history.len() {
            done if done == self.0 => Err(format!("ended after epoch {done}").into()),
            _ => Ok(Control::Continue),
        }
    }
}

fn fit<'a>() -> Fit<'a, SparseCategoricalCrossEntropy, Classes> {
    Fit::new(SparseCategoricalCrossEntropy::new(), Adam::new(0.01))
        .batch_size(32)
        .epochs(30)
        .schedule(CosineDecay::new())
        .metric(Accuracy::new())
        .quiet()
}

fn main() -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all("out")?;
    let data = spiral(400)?;

    // These three lines are all that such a program needs: from the checkpoint if there is one, else from the beginning.
    let saved = || {
        fit()
            .resume_if_present(CHECKPOINT)
            .callback(Checkpoint::every(1, CHECKPOINT))
    };

    let ended = saved()
        .callback(EndAfter(11))
        .run(&mut Spiral::new(1), &data);
    if let Err(error) = ended {
        println!("{error}");
    }

    let mut resumed = Spiral::new(1);
    let history = saved().run(&mut resumed, &data)?;
    println!("{history}");

    let mut whole = Spiral::new(1);
    fit().run(&mut whole, &data)?;
    for tensor in Spiral::tensors() {
        assert_eq!(resumed.tensor(tensor.name)?, whole.tensor(tensor.name)?);
    }
    println!("the same weights, bit for bit, as without a break");
    let accuracy = history.last("accuracy")?;
    println!("accuracy {accuracy:.3}");
    std::fs::remove_file(CHECKPOINT)?; // finished: the next start begins afresh
    assert!(accuracy > 0.9);
    Ok(())
}

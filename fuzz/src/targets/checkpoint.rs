//! Checkpoints, from which training goes on.

use crate::place::{with_file, with_folder, written};
use crate::target::choice;
use crate::{Target, alter, repair};
use shapeflow::data::{Dataset, Values};
use shapeflow::losses::MeanSquaredError;
use shapeflow::model;
use shapeflow::ndarray::Array2;
use shapeflow::optimizers::Adam;
use shapeflow::schedules::ReduceOnPlateau;
use shapeflow::training::{
    BatchEnd, Callback, CallbackError, CallbackState, Checkpoint, Control, EarlyStopping, Fit,
    History, TrainError,
};
use std::path::Path;

/// [`Fit::resume`] of a run with callbacks that remember.
pub const TARGET: Target = Target::new("checkpoint", seeds, read)
    .altered(alter::safetensors)
    .repaired(repair::safetensors);

model! {
    pub struct Line(x: [2]) -> [1] {
        x -> BatchNorm -> Dense(1)
    }
}

/// Stops at a step, for a checkpoint within an epoch.
struct StopAt(u64);

impl Callback for StopAt {
    fn on_batch_end(&mut self, batch: &BatchEnd) -> Result<Control, CallbackError> {
        Ok(match batch.step >= self.0 {
            true => Control::Stop("the step is reached".into()),
            false => Control::Continue,
        })
    }
}

/// Remembers every loss: numbers, and a state in JSON.
#[derive(Default)]
struct Losses(Vec<f32>);

impl Callback for Losses {
    fn reset(&mut self) {
        self.0.clear();
    }

    fn on_batch_end(&mut self, batch: &BatchEnd) -> Result<Control, CallbackError> {
        self.0.push(batch.loss as f32);
        Ok(Control::Continue)
    }

    fn state(&self) -> CallbackState {
        CallbackState {
            values: serde_json::json!({"count": self.0.len()}),
            tensors: vec![("losses".into(), self.0.clone())],
        }
    }

    fn restore(&mut self, state: CallbackState) -> Result<(), CallbackError> {
        let count = state.values["count"].as_u64().ok_or("no count")?;
        let (_, losses) = state.tensors.into_iter().next().ok_or("no losses")?;
        if losses.len() as u64 != count {
            return Err("another count".into());
        }
        self.0 = losses;
        Ok(())
    }
}

/// A short run, stopped at a step, saved to and resumed from these files.
fn run(stop: u64, save: &Path, resume: Option<&Path>) -> Result<History, TrainError> {
    let numbers = Array2::from_shape_fn((8, 2), |(i, j)| (i * 3 % 8 + j) as f32);
    let targets = numbers.map_axis(shapeflow::ndarray::Axis(1), |x| x[0] - x[1]);
    let targets = Values::new(targets.insert_axis(shapeflow::ndarray::Axis(1)));
    let data = Dataset::new(numbers, targets)?;
    let mut fit = Fit::new(MeanSquaredError, Adam::new(0.01))
        .batch_size(4)
        .epochs(3)
        .schedule(ReduceOnPlateau::new(0.5, 1))
        .callback(EarlyStopping::new("loss").restore_best())
        .callback(Losses::default())
        .callback(StopAt(stop))
        .callback(Checkpoint::every(1, save))
        .threads(1)
        .quiet();
    if let Some(file) = resume {
        fit = fit.resume(file);
    }
    fit.run(&mut Line::new(1), &data)
}

fn seeds() -> Vec<Vec<u8>> {
    // Whole epochs and within one.
    [4, 3]
        .map(|stop| {
            written("last", |path| {
                run(stop, path, None).expect("a run");
            })
        })
        .to_vec()
}

fn read(bytes: &[u8]) {
    with_folder(|folder| {
        let last = folder.join("last");
        with_file("checkpoint", bytes, |path| {
            // From a damaged file it goes on for a step or is refused.
            let _ = run([3, 4, 5][choice(bytes, 3)], &last, Some(path));
        });
    });
}

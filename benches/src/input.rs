//! The input side: how many pictures a second are read, brought to their size and augmented.

use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use rayon::ThreadPool;
use serde_json::{Value, json};
use shapeflow::data::augment::{HorizontalFlip, Pipeline, RandomCrop};
use shapeflow::data::{
    BatchPool, BatchSource, Classes, DataError, Dataset, Pass, PictureFolder, cifar10,
};

use crate::measure::{Runs, rounded, time};

/// Height and width to which JPEG files are brought.
const SIDE: u32 = 224;

/// Measures reading and augmenting with as many workers as `pool` has threads: pictures in files (`pictures` in `folder`, a folder for each
/// class) and CIFAR-10 (`cifar`). Returns pictures a second.
///
/// # Errors
///
/// If there are no such pictures.
pub fn measure(folder: &Path, pool: &ThreadPool, runs: Runs) -> Result<Value, DataError> {
    let workers = pool.current_num_threads();
    let reader = PictureFolder::new(folder.join("pictures")).size(SIDE, SIDE);
    let pictures = pool.install(|| reader.read())?.pictures;
    let read = pool.install(|| seconds(runs, &mut || reader.read().map(drop)))?;
    let augmented = augment(&pictures, 8, 64, workers, runs)?;
    let count = pictures.len() as f64;
    let start = Instant::now();
    let small = cifar10(folder.join("cifar"))?.train;
    let small_read = small.len() as f64 / start.elapsed().as_secs_f64();
    let small_augmented = small.len() as f64 / augment(&small, 4, 128, workers, runs)?;
    Ok(json!({
        "peer": "shapeflow",
        "workers": workers,
        "read": rounded(count / read),
        "augment": rounded(count / augmented),
        "read_and_augment": rounded(count / (read + augmented)),
        "cifar_read": rounded(small_read),
        "cifar_augment": rounded(small_augmented),
    }))
}

/// Seconds of an epoch in which all pictures are flipped and cropped by chance, `workers` threads in the background.
fn augment(
    pictures: &Dataset<Classes>,
    padding: usize,
    batch: usize,
    workers: usize,
    runs: Runs,
) -> Result<f64, DataError> {
    let pipeline = Pipeline::new()
        .with(HorizontalFlip::default())
        .with(RandomCrop::new(padding));
    let source = pictures.augment(pipeline)?.threads(workers);
    let (mut buffers, mut epoch) = (BatchPool::new(), 0);
    seconds(runs, &mut || {
        epoch += 1;
        let pass = Pass::training(batch, 1, epoch);
        source.pass(&pass, &mut buffers, &mut |_| ControlFlow::Continue(()))
    })
}

/// The median time of `body`.
fn seconds(runs: Runs, body: &mut dyn FnMut() -> Result<(), DataError>) -> Result<f64, DataError> {
    let mut result = Ok(());
    let timing = time(runs, 1, &mut || {
        if let Err(error) = body() {
            result = Err(error);
        }
    });
    result.map(|()| timing.median)
}

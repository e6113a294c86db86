//! A classifier of pictures as bytes, with the names of its classes and its normaliser; many threads use it at once.
//!
//! `cargo run --release --example deployment`

use std::error::Error;
use std::sync::Arc;
use std::thread;

use shapeflow::ndarray::{Array3, Array4, Axis};
use shapeflow::prelude::*;
use shapeflow::weights;

model! {
    pub struct Shapes(picture: [10, 10, 1]) -> [3] {
        picture -> Conv2d(8, 3x3) -> Relu -> MaxPool2d(2) -> Flatten -> Dense(3) -> Softmax
    }
}

const NAMES: [&str; 3] = ["cross", "ring", "square"];

/// Picture `i`, of kind `i % 3`, with grey values from 0 to 255.
fn picture(i: usize) -> Array3<f32> {
    let (row, column, kind) = (3 + i / 3 % 4, 3 + i / 12 % 4, i % 3);
    Array3::from_shape_fn((10, 10, 1), |(y, x, _)| {
        let (dy, dx) = (y.abs_diff(row), x.abs_diff(column));
        let drawn = dy.max(dx) < 3
            && match kind {
                0 => dy == 0 || dx == 0,
                1 => dy.max(dx) == 2,
                _ => true,
            };
        let grey = (i * 31 + y * 17 + x * 7) % 40;
        if drawn {
            200.0 + grey as f32
        } else {
            grey as f32
        }
    })
}

/// Trains, and gives the bytes of a weights file that hold all that is needed to use the network.
fn train() -> Result<Vec<u8>, Box<dyn Error>> {
    let pictures: Vec<_> = (0..300).map(picture).collect();
    let views: Vec<_> = pictures.iter().map(|picture| picture.view()).collect();
    let pictures: Array4<f32> = shapeflow::ndarray::stack(Axis(0), &views)?;
    let data = Dataset::new(pictures, Classes((0..300).map(|i| i % 3).collect()))?;
    let scaling = Standardize::whole().fit(data.input(0))?;
    let mut network = Shapes::new(1);
    Fit::new(SparseCategoricalCrossEntropy::new(), Adam::new(0.01))
        .epochs(5)
        .metric(Accuracy::new())
        .run(&mut network, &data.normalize(0, &scaling)?)?;
    let extras = Extras::new()
        .with_class_names(NAMES)
        .with("scaling", &scaling)?;
    Ok(weights::to_bytes(&network, &extras)?) // `save_with` writes the same into a file
}

fn main() -> Result<(), Box<dyn Error>> {
    let bytes = train()?;
    println!("{} bytes", bytes.len());

    // In the program that uses it: `include_bytes!("shapes.safetensors")`, a download, a file.
    let (network, extras) = Shapes::from_bytes(&bytes)?;
    let scaling: Normalizer = extras.get("scaling")?;

    // A single picture.
    let probabilities = network.predict_one(scaling.transform(picture(7))?.view())?;
    for (name, probability) in extras.class_names(0)?.iter().zip(&probabilities) {
        println!("{name:>8} {:>5.1} %", 100.0 * probability);
    }

    // Many at once: the network is shared, and each thread has memory of its own for the numbers in between.
    let shared = Arc::new((network, scaling));
    let workers: Vec<_> = (0..4)
        .map(|worker| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || -> Result<usize, Box<dyn Error + Send + Sync>> {
                let (network, scaling) = &*shared;
                let mut predictor = network.predictor(1);
                let mut right = 0;
                for i in (worker..200).step_by(4) {
                    let input = scaling.transform(picture(i))?;
                    let input = input.as_slice().ok_or("a picture in order")?;
                    let probabilities = predictor.predict(&[input], 1)?;
                    right += usize::from(probabilities[i % 3] > 0.5);
                }
                Ok(right)
            })
        })
        .collect();
    let mut right = 0;
    for worker in workers {
        let found = worker.join().map_err(|_| "a worker panicked")?;
        right += found.map_err(|error| -> Box<dyn Error> { error })?;
    }
    println!("{right} of 200 right");
    assert!(right > 190);
    Ok(())
}

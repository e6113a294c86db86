//! Learns to draw pictures again from four numbers: an autoencoder, whose targets are its inputs.
//!
//! `cargo run --release --example autoencoder`

use std::error::Error;

use ndarray::{Array2, Array4};
use shapeflow::ndarray;
use shapeflow::prelude::*;

model! {
    /// The second output is the code, so that it can be looked at.
    pub struct Autoencoder(picture: [12, 12, 1]) -> (drawn: [144], code: [4]) {
        let code = picture
            -> Conv2d(8, 3x3, stride = 2, padding = same) -> Relu
            -> Flatten -> Dense(32) -> Relu -> Dense(4);
        let drawn = code
            -> Dense(32) -> Relu
            -> Dense(288) -> Reshape([6, 6, 8]) -> Upsample2d(2)
            -> Conv2d(1, 3x3, padding = same) -> Flatten -> Sigmoid;
        (drawn, code)
    }
}

/// A soft spot for each example, at a place of its own.
fn spots(examples: usize) -> Array4<f32> {
    Array4::from_shape_fn((examples, 12, 12, 1), |(i, y, x, _)| {
        let (row, column) = ((i * 37 % 90) as f32 / 10.0, (i * 53 % 91) as f32 / 10.0);
        let (dy, dx) = (y as f32 - row - 1.5, x as f32 - column - 1.5);
        (-(dy * dy + dx * dx) / 4.0).exp()
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    let examples = 512;
    let pictures = spots(examples);
    let flat = Values::new(pictures.clone().into_shape_with_order((examples, 144))?);
    // Nothing is asked of the code but to be small: a weak pull to 0.
    let zeros = Values::new(Array2::zeros((examples, 4)));
    let (train, test) = Dataset::new(pictures, (flat, zeros))?.split(0.9, 1)?;

    let mut network = Autoencoder::new(1);
    let losses = (
        BinaryCrossEntropy::new(),
        Weighted::new(1e-4, MeanSquaredError),
    );
    Fit::new(losses, Adam::new(0.003))
        .batch_size(32)
        .epochs(12)
        .validation(&test)
        .run(&mut network, &train)?;

    let outputs = predict(&network, &test)?; // one array for each output
    let (drawn, code) = (&outputs[0], &outputs[1]);
    let truth = test.targets().0.array().into_dyn();
    let error = (drawn - &truth).mapv(|x| x * x).mean().ok_or("pictures")?;
    let spread = truth.var(0.0);
    println!("mean squared error {error:.4} where the pictures' variance is {spread:.4}");
    println!(
        "the code of the first picture: {:.2}",
        code.index_axis(ndarray::Axis(0), 0)
    );
    assert!(error < 0.2 * spread);
    Ok(())
}

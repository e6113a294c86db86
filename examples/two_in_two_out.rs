//! Two inputs, a picture and facts about it, and two outputs, a class and a number, each with a loss and a metric.
//!
//! `cargo run --release --example two_in_two_out`

use std::error::Error;

use shapeflow::ndarray::{Array2, Array4};
use shapeflow::prelude::*;

model! {
    pub struct Parcel(picture: [8, 8, 1], facts: [2]) -> (kind: [3], price: [1]) {
        let seen = picture -> Conv2d(8, 3x3) -> Relu -> GlobalMaxPool;
        let known = facts -> Dense(8) -> Relu;
        let both = (seen, known) -> Concat -> Dense(32) -> Relu;
        (both -> Dense(3) -> Softmax, both -> Dense(1))
    }
}

/// A number in 0..1 that depends on `i` alone.
fn noise(i: usize) -> f32 {
    ((i as u32).wrapping_mul(2_654_435_761) >> 8) as f32 / (1 << 24) as f32
}

/// Stripes that lie, stand or slope tell the kind; weight and distance, and the kind, tell the price.
fn parcels(examples: usize) -> Result<Dataset<(Classes, Values)>, DataError> {
    let kind = |i: usize| i % 3;
    let pictures = Array4::from_shape_fn((examples, 8, 8, 1), |(i, y, x, _)| {
        let stripe = [y, x, x + y][kind(i)] + i / 3;
        let light = if stripe.is_multiple_of(3) { 1.0 } else { 0.0 };
        light + 0.2 * noise(i * 64 + y * 8 + x)
    });
    let facts = Array2::from_shape_fn((examples, 2), |(i, j)| noise(2 * i + j));
    let kinds = Classes((0..examples).map(|i| kind(i) as u32).collect());
    let price = |i: usize| facts[[i, 0]] + 2.0 * facts[[i, 1]] + kind(i) as f32;
    let prices: Vec<f32> = (0..examples).map(price).collect();
    let inputs = vec![pictures.into_dyn(), facts.into_dyn()];
    Dataset::with_inputs(inputs, (kinds, Values::from(prices)))
}

fn main() -> Result<(), Box<dyn Error>> {
    let (train, test) = parcels(600)?.split(0.8, 1)?;
    let losses = (
        SparseCategoricalCrossEntropy::new(),
        Weighted::new(0.5, MeanSquaredError),
    );
    let mut network = Parcel::new(1);
    let history = Fit::new(losses, Adam::new(0.005))
        .batch_size(32)
        .epochs(30)
        .metric(OnOutput::new(0, Accuracy::new()))
        .metric(OnOutput::new(1, R2::new()))
        .validation(&test)
        .run(&mut network, &train)?;
    println!("{history}");
    println!("figures: {:?}", history.names());

    let outputs = predict(&network, &test)?;
    println!("kind {:.2}\nprice {:.2}", outputs[0], outputs[1]);
    let accuracy = metrics::measure(
        Accuracy::new(),
        Parcel::PROGRAM.outputs[0].spec(),
        outputs[0].as_slice().ok_or("in order")?,
        test.targets().view(0),
    )?;
    println!("accuracy {accuracy:.3}");
    assert!(accuracy > 0.95);
    Ok(())
}

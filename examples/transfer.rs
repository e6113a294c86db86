//! Transfer learning: what was learnt on many pictures serves for few of another kind. Part of the weights is loaded, the head
//! trained with all else frozen, then everything at a small rate.
//!
//! `cargo run --release --example transfer`

use std::error::Error;
use std::fs;

use shapeflow::ndarray::Array4;
use shapeflow::prelude::*;
use shapeflow::weights::load_partial;

model! {
    block Body(image: [12, 12, 1]) -> [16] {
        image
            -> Conv2d(8, 3x3, padding = same, bias = false) -> BatchNorm(momentum = 0.9) -> Relu -> MaxPool2d(2)
            -> Conv2d(16, 3x3, padding = same, bias = false) -> BatchNorm(momentum = 0.9) -> Relu -> GlobalAvgPool
    }
    pub struct Directions(image: [12, 12, 1]) -> [4] { image -> Body -> head: Dense(4) -> Softmax }
    pub struct Slanted(image: [12, 12, 1]) -> [2] { image -> Body -> head: Dense(2) -> Softmax }
}

/// Stripes in four directions; each picture has some noise of its own.
fn stripes(examples: usize, seed: usize) -> Array4<f32> {
    Array4::from_shape_fn((examples, 12, 12, 1), |(i, y, x, _)| {
        let along = [x, y, x + y, x + 12 - y][i % 4] + i / 4;
        let noise = (((i + seed) * 31 + y * 17 + x * 7) % 11) as f32 / 20.0;
        if along % 4 < 2 { 1.0 - noise } else { noise }
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    let many = Dataset::new(stripes(800, 0), Classes((0..800).map(|i| i % 4).collect()))?;
    let mut teacher = Directions::new(1);
    Fit::new(SparseCategoricalCrossEntropy::new(), Adam::new(0.01))
        .epochs(5)
        .metric(Accuracy::new())
        .run(&mut teacher, &many)?;
    fs::create_dir_all("out")?;
    teacher.save("out/directions.safetensors")?;

    // Forty pictures of two classes: straight stripes, or slanted ones.
    let of_two = |examples: u32| Classes((0..examples).map(|i| i % 4 / 2).collect());
    let few = Dataset::new(stripes(40, 5), of_two(40))?;
    let test = Dataset::new(stripes(400, 9), of_two(400))?;
    let mut network = Slanted::new(2);
    let loaded = load_partial(&mut network, "out/directions.safetensors")?;
    println!(
        "loaded {:?}; the others:\n{}",
        loaded.loaded, loaded.differences
    );

    let before = network.clone();
    Fit::new(SparseCategoricalCrossEntropy::new(), Adam::new(0.02))
        .freeze(["body1"])
        .epochs(20)
        .run(&mut network, &few)?;
    for tensor in Slanted::tensors() {
        let same = network.tensor(tensor.name)? == before.tensor(tensor.name)?;
        assert_eq!(same, tensor.name.starts_with("body1."), "{}", tensor.name);
    }
    Fit::new(SparseCategoricalCrossEntropy::new(), Adam::new(1e-4))
        .epochs(3)
        .run(&mut network, &few)?;
    let figures = Evaluate::new(SparseCategoricalCrossEntropy::new())
        .metric(Accuracy::new())
        .run(&network, &test)?;
    println!("{figures}");
    assert!(figures.get("accuracy")? > 0.9);
    Ok(())
}

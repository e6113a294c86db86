//! A class for every pixel: round and square things on a dark ground, with `ClassMaps` as targets, which turn and move with
//! their pictures.
//!
//! `cargo run --release --example segmentation`

use std::error::Error;

use shapeflow::data::augment::{HorizontalFlip, Pipeline, Shift, VerticalFlip};
use shapeflow::ndarray::{Array3, Array4};
use shapeflow::prelude::*;

model! {
    pub struct Segments(picture: [16, 16, 1]) -> [16, 16, 3] {
        let fine = picture -> Conv2d(8, 3x3, padding = same) -> Relu;
        let coarse = fine
            -> MaxPool2d(2) -> Conv2d(16, 3x3, padding = same) -> Relu
            -> MaxPool2d(2) -> Conv2d(16, 3x3, padding = same) -> Relu
            -> Upsample2d(4);
        (fine, coarse) -> Concat -> Conv2d(16, 3x3, padding = same) -> Relu -> Conv2d(3, 1x1) -> Softmax
    }
}

/// What pixel `(y, x)` of picture `i` belongs to: 0 the ground, 1 a disc, 2 a square; one of each in a picture.
fn class(i: usize, y: usize, x: usize) -> u32 {
    let (first, second) = (3 + i % 3, 10 + i / 3 % 3);
    let (disc, square) = if i.is_multiple_of(2) {
        (first, second)
    } else {
        (second, first)
    };
    let (dy, dx) = (y.abs_diff(3 + i % 10), x.abs_diff(disc));
    if dy * dy + dx * dx <= 5 {
        return 1;
    }
    let near = y.abs_diff(3 + i / 2 % 10) <= 2 && x.abs_diff(square) <= 2;
    if near { 2 } else { 0 }
}

fn main() -> Result<(), Box<dyn Error>> {
    let examples = 300;
    let pictures = Array4::from_shape_fn((examples, 16, 16, 1), |(i, y, x, _)| {
        let grain = ((i * 29 + y * 13 + x * 7) % 20) as f32 / 100.0;
        if class(i, y, x) > 0 {
            0.8 + grain
        } else {
            grain
        }
    });
    let maps = Array3::from_shape_fn((examples, 16, 16), |(i, y, x)| class(i, y, x));
    let (train, test) = Dataset::new(pictures, ClassMaps::from(maps))?.split(0.8, 1)?;
    // Pictures and maps alike; what a shift brings in from outside is ground.
    let shaken = Pipeline::new()
        .with(HorizontalFlip::default())
        .with(VerticalFlip::default())
        .with(Shift::new(0.1, 0.1))
        .outside_class(0);
    let train = train.augment(shaken)?;

    let mut network = Segments::new(1);
    // Most pixels are ground: discs and squares count more.
    let loss = SparseCategoricalCrossEntropy::new().class_weights(vec![0.4, 2.0, 2.0]);
    Fit::new(loss, Adam::new(0.005))
        .batch_size(16)
        .epochs(9)
        .metric(Accuracy::new())
        .validation(&test)
        .run(&mut network, &train)?;

    let predicted = predict_classes(&network, &test)?; // a class for each pixel of each picture
    let truth = test.targets().array();
    let truth: Vec<u32> = truth.iter().copied().collect();
    let matrix =
        ConfusionMatrix::from_classes(3, &truth, &predicted)?.named(["ground", "disc", "square"]);
    println!("{matrix}\n");
    for class in 0..3 {
        let hits = matrix.hits(class);
        println!("{:>7}: F1 {:.3}", matrix.name_of(class), hits.f1());
        assert!(hits.f1() > 0.8);
    }
    println!("\nthe first picture, as it was seen:");
    for row in predicted[..256].chunks(16) {
        println!(
            "{}",
            row.iter()
                .map(|&class| ['.', 'o', '#'][class as usize])
                .collect::<String>()
        );
    }
    Ok(())
}

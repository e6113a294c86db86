//! A folder of pictures, a network, and one file with its weights, the names of its classes and how pictures were read;
//! loaded again for a single picture.
//!
//! `cargo run --release --example pictures`

use std::error::Error;
use std::fs::{self, File};
use std::path::Path;

use shapeflow::prelude::*;

model! {
    pub struct Signs(picture: [16, 16, 1]) -> [3] {
        picture -> Conv2d(8, 3x3) -> Relu -> MaxPool2d(2) -> Flatten -> Dense(3) -> Softmax
    }
}

/// Draws a sign of 24 by 24 pixels into a PNG file; in a program of yours the pictures are there already.
fn draw(path: &Path, kind: usize, number: usize) -> Result<(), Box<dyn Error>> {
    let (row, column) = (8 + number % 7, 8 + number / 7 % 7);
    let pixel = |i: usize| {
        let (dy, dx) = ((i / 24).abs_diff(row), (i % 24).abs_diff(column));
        let drawn = match kind {
            0 => dy < 2 || dx < 2,
            1 => dy.max(dx) == 5 || dy.max(dx) == 6,
            _ => dy + dx < 7,
        };
        let grain = (i * 31 + number * 17) % 50;
        if drawn && dy.max(dx) < 7 {
            200 + grain as u8
        } else {
            grain as u8
        }
    };
    let mut encoder = png::Encoder::new(File::create(path)?, 24, 24);
    encoder.set_color(png::ColorType::Grayscale);
    let bytes: Vec<u8> = (0..24 * 24).map(pixel).collect();
    encoder.write_header()?.write_image_data(&bytes)?;
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new("out/signs");
    for (kind, name) in ["cross", "ring", "diamond"].into_iter().enumerate() {
        fs::create_dir_all(folder.join(name))?;
        for number in 0..60 {
            draw(
                &folder.join(name).join(format!("{number:02}.png")),
                kind,
                number,
            )?;
        }
    }

    let read = PictureFolder::new(folder)
        .size(16, 16)
        .colors(Colors::Gray)
        .read()?;
    println!("{} pictures of {:?}", read.pictures.len(), read.classes);
    let (train, test) = read.pictures.stratified_split(0.8, 1)?;
    let scaling = Standardize::whole().fit(train.input(0))?;
    let (train, test) = (train.normalize(0, &scaling)?, test.normalize(0, &scaling)?);
    let mut network = Signs::new(1);
    let history = Fit::new(SparseCategoricalCrossEntropy::new(), Adam::new(0.01))
        .epochs(8)
        .metric(Accuracy::new())
        .validation(&test)
        .run(&mut network, &train)?;
    assert!(history.last("val_accuracy")? > 0.95);

    let extras = Extras::new()
        .with_class_names(&read.classes)
        .with("reader", &read.reader)?
        .with("scaling", &scaling)?;
    network.save_with("out/signs.safetensors", &extras)?;

    // Another program: it needs the model and the file, and nothing else.
    let (network, extras) = Signs::load_with("out/signs.safetensors")?;
    let (reader, scaling): (PictureReader, Normalizer) =
        (extras.get("reader")?, extras.get("scaling")?);
    let picture = reader.read("out/signs/ring/07.png")?;
    let probabilities = network.predict_one(scaling.transform(picture)?.view())?;
    for (name, probability) in extras.class_names(0)?.iter().zip(&probabilities) {
        println!("{name:>8} {:>5.1} %", 100.0 * probability);
    }
    assert!(
        probabilities[2] > 0.9,
        "`ring` is the last in alphabetical order"
    );
    Ok(())
}

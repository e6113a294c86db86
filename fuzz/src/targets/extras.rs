//! What was saved beside weights: names of classes, normalisers, readers of pictures, fitted objects.

use super::fitted::{self, Fitted};
use crate::place::{with_file, written};
use crate::{Target, alter, repair};
use png::{BitDepth, ColorType};
use shapeflow::data::normalize::{Normalizer, Standardize};
use shapeflow::data::{Colors, Limits, PictureReader};
use shapeflow::model;
use shapeflow::model::Model;
use shapeflow::ndarray::{Array2, array};
use shapeflow::weights::{Extras, read_extras};

/// [`Model::load_with`] and [`read_extras`], and what comes out of them.
pub const TARGET: Target = Target::new("extras", seeds, read)
    .altered(alter::safetensors)
    .repaired(repair::safetensors);

model! {
    pub struct Tiny(x: [2]) -> [3] { x -> Dense(3) -> Softmax }
}

fn seeds() -> Vec<Vec<u8>> {
    let normalizer = Standardize::per_column().fit(&array![[1.0_f32, 2.0], [3.0, 5.0]]);
    let reader = PictureReader::new().size(4, 3).colors(Colors::Gray);
    let extras = Extras::new()
        .with_class_names(["setosa", "versicolor", "virginica"])
        .with("normalizer", &normalizer.expect("numbers"))
        .and_then(|extras| extras.with("reader", &reader))
        .and_then(|extras| extras.with("fitted", &fitted::sample()))
        .expect("what JSON holds");
    let file = |extras: &Extras| {
        written("extras", |path| {
            Tiny::new(1).save_with(path, extras).expect("a file");
        })
    };
    vec![file(&extras), file(&Extras::new())]
}

/// A picture of two pixels.
fn picture() -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 2, 1);
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(BitDepth::Eight);
    let mut writer = encoder.write_header().expect("a header");
    writer.write_image_data(&[0, 255]).expect("a row");
    writer.finish().expect("a whole picture");
    file
}

fn read(bytes: &[u8]) {
    let _ = Tiny::from_bytes(bytes);
    let extras = with_file("weights", bytes, |path| {
        let _ = Tiny::load_with(path);
        read_extras(path)
    });
    let Ok(extras) = extras else { return };
    for output in 0..3 {
        let _ = extras.class_names(output).map(<[String]>::len);
    }
    if let Ok(normalizer) = extras.get::<Normalizer>("normalizer") {
        let _ = normalizer.transform(Array2::<f32>::ones((2, 2)));
    }
    if let Ok(reader) = extras.get::<PictureReader>("reader") {
        // A size from a file may be any.
        let reader = reader.limits(Limits::new().memory_bytes(1 << 20));
        let _ = with_file("picture", &picture(), |path| reader.read(path));
    }
    if let Ok(fitted) = extras.get::<Fitted>("fitted") {
        fitted::apply(&fitted);
    }
    let keys: Vec<&str> = extras.keys().collect();
    for key in keys {
        let _ = extras.get::<Vec<f32>>(key);
    }
}

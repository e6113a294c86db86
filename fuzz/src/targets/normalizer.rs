//! Normalisers in JSON.

use crate::place::{with_file, written};
use crate::{Target, json, repair};
use shapeflow::data::normalize::{MinMax, Normalizer, Scale, Standardize};
use shapeflow::ndarray::{Array2, array};

/// `Normalizer::load`.
pub const TARGET: Target = Target::new("normalizer", seeds, read)
    .altered(json::altered)
    .repaired(repair::packed);

fn seeds() -> Vec<Vec<u8>> {
    let data = array![[1.0_f32, 2.0], [3.0, 5.0], [4.0, 9.0]];
    let normalizers = [
        Standardize::per_column().fit(&data),
        Standardize::whole().fit(&data),
        MinMax::per_column().range(-1.0, 1.0).fit(&data),
        Scale::divide_by(255.0),
    ];
    let save = |normalizer: Result<Normalizer, _>| {
        let normalizer = normalizer.expect("data that can be normalised");
        written("normalizer", |path| normalizer.save(path).expect("a file"))
    };
    normalizers.into_iter().map(save).collect()
}

fn read(bytes: &[u8]) {
    with_file("normalizer", bytes, |path| {
        if let Ok(normalizer) = Normalizer::load(path) {
            let _ = normalizer.transform(Array2::<f32>::ones((2, 2)));
            let _ = normalizer.inverse(Array2::<f32>::ones((2, 2)));
            let _ = normalizer.transform(Array2::<f32>::ones((2, 0)));
        }
    });
}

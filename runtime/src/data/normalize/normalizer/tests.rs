//! What is saved comes back, and what isn't a normaliser is refused.

use super::super::{MinMax, Scale, Standardize};
use super::*;
use ndarray::array;
use std::fs;

#[test]
fn a_saved_normaliser_comes_back_bit_for_bit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("normalizer.json");
    let data = array![[0.1_f32, 1e-7], [0.7, 3e7], [1.0 / 3.0, 5.0]];
    for normalizer in [
        Standardize::per_column().fit(&data).unwrap(),
        MinMax::whole().fit(&data).unwrap(),
        Scale::divide_by(255.0).unwrap(),
    ] {
        normalizer.save(&path).unwrap();
        assert_eq!(Normalizer::load(&path).unwrap(), normalizer);
    }
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        1,
        "no temporary file is left"
    );
}

#[test]
fn a_damaged_file_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("normalizer.json");
    let message = |text: &str| {
        let whole = format!(r#"{{"kind": "normalizer", "version": 1, "value": {text}}}"#);
        fs::write(&path, whole).unwrap();
        let message = Normalizer::load(&path).unwrap_err().to_string();
        message
            .strip_prefix(&format!(
                "{}: expected a normaliser in JSON, found ",
                path.display()
            ))
            .and_then(|found| found.split(" at line ").next())
            .unwrap()
            .to_owned()
    };
    assert!(message("{\"rule\": \"standardize\"").starts_with("EOF while parsing"));
    assert_eq!(
        message(r#"{"rule": "scale", "rule": "standardize"}"#),
        "`rule` twice in one object"
    );
    assert!(message("{\"rule\": \"standardize\"}").starts_with("missing field `whole`"));
    let stored = |whole, offset, scale| {
        format!(
            "{{\"rule\": \"scale\", \"whole\": {whole}, \"offset\": {offset}, \"scale\": {scale}}}"
        )
    };
    assert_eq!(
        message(&stored(false, "[1, 2]", "[1]")),
        "expected as many offsets as scales, found 2 and 1"
    );
    assert_eq!(
        message(&stored(true, "[]", "[]")),
        "expected one offset and one scale, found 0 and 0"
    );
    assert_eq!(
        message(&stored(true, "[1]", "[0]")),
        "expected scales other than 0, found 0"
    );
    assert_eq!(
        message(&stored(true, "[1e99]", "[1]")),
        "expected finite numbers, found inf"
    );
    fs::remove_file(&path).unwrap();
    assert!(
        Normalizer::load(&path)
            .unwrap_err()
            .to_string()
            .contains("can't be read")
    );
}

#[test]
fn the_number_of_columns_must_be_that_of_the_fit() {
    let normalizer = Standardize::per_column()
        .fit(&array![[1.0, 2.0], [3.0, 5.0]])
        .unwrap();
    let message = normalizer
        .transform(array![[1.0, 2.0, 3.0]])
        .unwrap_err()
        .to_string();
    assert_eq!(
        message,
        "the data to normalise: expected shape (.., 2), as fitted, found (.., 3)"
    );
    assert!(normalizer.inverse(ndarray::arr0(1.0)).is_err());
    let one = Standardize::per_column()
        .fit(&array![[1.0], [3.0]])
        .unwrap();
    assert!(one.transform(array![[1.0, 2.0]]).is_err());
    assert!(
        Scale::divide_by(2.0)
            .unwrap()
            .transform(array![[1.0, 2.0]])
            .is_ok()
    );
}

#[test]
fn the_layout_in_memory_does_not_matter() {
    let normalizer = MinMax::per_column()
        .fit(&array![[0.0, 0.0], [1.0, 10.0]])
        .unwrap();
    let turned = array![[1.0, 0.5], [10.0, 5.0]].reversed_axes();
    assert_eq!(
        normalizer.transform(turned).unwrap(),
        array![[1.0, 1.0], [0.5, 0.5]]
    );
}

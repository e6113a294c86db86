//! Saving and loading a model's weights.

use crate::networks::{Line, Small, Wider, bits};
use shapeflow::model::Model;
use shapeflow::weights::{self, WeightsError};

#[test]
fn a_saved_model_is_loaded_bit_for_bit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/folder/small.safetensors");
    let mut model = Small::with_seed(1);
    model
        .tensor_mut("batch_norm1.running_mean")
        .unwrap()
        .fill(0.25);
    weights::save(&model, &path).unwrap();
    let mut other = Small::with_seed(2);
    assert_ne!(bits(&other), bits(&model));
    weights::load(&mut other, &path).unwrap();
    assert_eq!(bits(&other), bits(&model));
}

#[test]
fn another_model_is_refused_with_all_differences_and_nothing_changes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wider.safetensors");
    weights::save(&Wider::with_seed(1), &path).unwrap();
    let mut model = Small::with_seed(1);
    let before = bits(&model);
    let error = weights::load(&mut model, &path).unwrap_err();
    assert_eq!(bits(&model), before);
    let text = error.to_string();
    assert!(
        text.contains(
            "wider.safetensors doesn't fit the model `Small` (it was written by `Wider`)"
        ),
        "{text}"
    );
    assert!(
        text.contains("dense1.weight")
            && text.contains("the model has [4, 16], the file has [4, 20]"),
        "{text}"
    );
    let WeightsError::Mismatch { differences, .. } = error else {
        panic!("{text}")
    };
    assert_eq!(differences.len(), 6, "{text}");
}

#[test]
fn a_partial_load_takes_what_fits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wider.safetensors");
    weights::save(&Wider::with_seed(1), &path).unwrap();
    let mut model = Small::with_seed(1);
    model.tensor_mut("dense2.bias").unwrap().fill(9.0);
    let before = model.tensor("dense1.weight").unwrap().to_owned();
    let report = weights::load_partial(&mut model, &path).unwrap();
    assert_eq!(report.loaded, ["dense2.bias"]);
    assert_eq!(report.differences.len(), 6);
    assert!(
        model
            .tensor("dense2.bias")
            .unwrap()
            .iter()
            .all(|value| *value == 0.0)
    );
    assert_eq!(model.tensor("dense1.weight").unwrap(), before);

    let error =
        weights::load_partial(&mut Line::with_seed(0), folder.path().join("none")).unwrap_err();
    assert!(error.to_string().starts_with("cannot read"), "{error}");
}

//! Weights of PyTorch's, and of other programs: taken right, or refused with the reason. The files come from
//! `tests/golden/pytorch.py`.

use ndarray::{Array2, Array4, ArrayD, ArrayView1, Dimension, IxDyn};
use shapeflow::prelude::*;
use shapeflow::weights::{self, Layout, WeightsError, WeightsFile};
use std::path::{Path, PathBuf};

model! {
    pub struct Pictures(image: [6, 6, 4]) -> [9] {
        image
            -> stem: Conv2d(6, 3x3, padding = 1, bias = false) -> bn: BatchNorm(epsilon = 1e-5) -> Relu
            -> wide: Conv2d(12, 3x2, groups = 3) -> Relu
            -> each: Conv2d(24, 3x3, depthwise) -> norm: GroupNorm(4, epsilon = 1e-5)
            -> up: ConvTranspose2d(6, 2x2, stride = 2, groups = 2) -> Tanh
            -> Flatten -> flat: BatchNorm(epsilon = 1e-5) -> Relu -> Dropout(0.5)
            -> fc1: Dense(9) -> Tanh -> fc2: Dense(9)
    }
}

model! {
    pub struct Vectors(image: [2, 2, 3], row: [5]) -> [3] {
        let features = row
            -> square: Dense(5) -> ln: LayerNorm(epsilon = 1e-5) -> rms: RmsNorm(epsilon = 1.1920929e-7);
        let pixels = image -> Flatten;
        (features, pixels) -> Concat -> joined: Dense(3, bias = false)
    }
}

model! {
    pub struct Square(x: [2]) -> [2] {
        x -> fc1: Dense(2)
    }
}

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("golden/pytorch_{name}.safetensors"))
}

fn answer<D: Dimension>(name: &str) -> ndarray::Array<f32, D> {
    let file = WeightsFile::open(golden("answers")).unwrap();
    let tensor = file.tensor(name).unwrap();
    let array = ArrayD::from_shape_vec(IxDyn(tensor.shape()), tensor.values().unwrap()).unwrap();
    array.into_dimensionality().unwrap()
}

fn assert_close(found: &Array2<f32>, expected: &Array2<f32>) {
    assert_eq!(found.shape(), expected.shape());
    for (found, expected) in found.iter().zip(expected) {
        assert!(
            (found - expected).abs() <= 1e-4 * (1.0 + expected.abs()),
            "{found} instead of {expected}"
        );
    }
}

/// A file with PyTorch's `[out, in]` weight and no bias worth a name, as the `safetensors` crate writes it.
fn square(folder: &Path) -> PathBuf {
    let path = folder.join("square.safetensors");
    let bytes = |values: &[f32]| {
        values
            .iter()
            .flat_map(|v| v.to_le_bytes())
            .collect::<Vec<u8>>()
    };
    let (weight, bias) = (bytes(&[0.0, 1.0, 0.0, 0.0]), bytes(&[0.0, 0.0]));
    let view = |shape: &[usize], data| {
        safetensors::tensor::TensorView::new(safetensors::Dtype::F32, shape.to_vec(), data).unwrap()
    };
    let tensors = [
        ("fc1.weight", view(&[2, 2], &weight)),
        ("fc1.bias", view(&[2], &bias)),
    ];
    std::fs::write(&path, safetensors::serialize(tensors, None).unwrap()).unwrap();
    path
}

#[test]
fn square_transposed() {
    let folder = tempfile::tempdir().unwrap();
    let path = square(folder.path());
    let mut net = Square::new(3);
    let before = net.fc1_weight().to_owned();
    for refused in [
        weights::load(&mut net, &path).map(drop),
        weights::load_partial(&mut net, &path).map(drop),
    ] {
        let error = refused.unwrap_err();
        assert!(
            matches!(error, WeightsError::UnknownLayout { .. }),
            "{error}"
        );
        let text = error.to_string();
        assert!(
            text.contains("square.safetensors wasn't written by Shapeflow"),
            "{text}"
        );
        assert!(text.contains("`load_from(.., Layout::PyTorch)`"), "{text}");
    }
    assert_eq!(net.fc1_weight(), before);
    assert!(Square::load(&path).is_err());

    let y = |net: &Square| {
        net.predict_one(ArrayView1::from(&[1.0, 2.0]))
            .unwrap()
            .to_vec()
    };
    assert_eq!(
        y(&Square::load_from(&path, Layout::PyTorch).unwrap()),
        [2.0, 0.0]
    );
    assert_eq!(
        y(&Square::load_from(&path, Layout::Shapeflow).unwrap()),
        [0.0, 1.0]
    );
    let partial = weights::load_partial_from(&mut net, &path, Layout::PyTorch).unwrap();
    assert_eq!(partial.loaded, ["fc1.weight", "fc1.bias"]);
    assert_eq!(y(&net), [2.0, 0.0]);

    // One of Shapeflow's own is no file of PyTorch's.
    net.save(&path).unwrap();
    let error = Square::load_from(&path, Layout::PyTorch)
        .unwrap_err()
        .to_string();
    assert!(error.contains("Shapeflow wrote it"), "{error}");
    assert_eq!(y(&Square::load(&path).unwrap()), [2.0, 0.0]);
}

#[test]
fn pictures_give_what_they_give_in_pytorch() {
    let net = Pictures::load_from(golden("pictures"), Layout::PyTorch).unwrap();
    let image: Array4<f32> = answer("image");
    assert_close(&net.predict(image.view()).unwrap(), &answer("pictures"));
}

#[test]
fn vectors_and_a_joined_picture_give_what_they_give_in_pytorch() {
    let net = Vectors::load_from(golden("vectors"), Layout::PyTorch).unwrap();
    let (image, row): (Array4<f32>, Array2<f32>) = (answer("small"), answer("row"));
    assert_close(
        &net.predict(image.view(), row.view()).unwrap(),
        &answer("vectors"),
    );
}

model! {
    pub struct OtherEpsilon(x: [2]) -> [2] {
        x -> bn: BatchNorm -> fc1: Dense(2)
    }
}

model! {
    pub struct Decoder(x: [2]) -> [2, 2, 3] {
        x -> fc1: Dense(12) -> Reshape([2, 2, 3])
    }
}

model! {
    pub struct Mixed(image: [2, 2, 3], row: [2]) -> [2] {
        let gate = row -> fc1: Dense(12);
        (image -> Flatten) * gate -> fc2: Dense(2)
    }
}

model! {
    pub struct Turned(image: [2, 2, 3]) -> [2] {
        image -> Permute([1, 0, 2]) -> Flatten -> fc1: Dense(2)
    }
}

/// Why a model can't be filled from a file of PyTorch's, whatever it holds.
fn refusal<M: Model>(layout: Layout) -> String {
    let folder = tempfile::tempdir().unwrap();
    let refused = M::load_from(square(folder.path()), layout);
    refused.err().expect("a refusal").to_string()
}

#[test]
fn what_a_file_of_pytorch_does_not_say_is_refused() {
    let text = refusal::<OtherEpsilon>(Layout::PyTorch);
    assert!(
        text.contains("`bn` has an epsilon of 0.001, PyTorch's is 1e-5"),
        "{text}"
    );
    assert!(text.contains("write `BatchNorm(epsilon = 1e-5)`"), "{text}");
    let text = refusal::<OtherEpsilon>(Layout::PyTorchEpsilon(0.01));
    assert!(text.contains("0.01 was given"), "{text}");
    let text = refusal::<OtherEpsilon>(Layout::PyTorchEpsilon(0.001));
    assert!(text.contains("bn.running_var"), "{text}");
    for text in [
        refusal::<Decoder>(Layout::PyTorch),
        refusal::<Mixed>(Layout::PyTorch),
        refusal::<Turned>(Layout::PyTorch),
    ] {
        assert!(
            text.contains("load them with `Layout::Shapeflow`"),
            "{text}"
        );
    }
}

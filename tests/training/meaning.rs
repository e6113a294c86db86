//! What a file of weights holds besides numbers under names: the network that they belong to, the classes, what else was saved with
//! them; and numbers that no network has.

use shapeflow::prelude::*;
use shapeflow::weights::{
    self, Extras, Layout, Metadata, NamedTensor, PartialLoad, WeightsError, write,
};

model! {
    pub struct Relus(x: [3]) -> [3] {
        x -> BatchNorm(epsilon = 1e-3) -> a: Dense(3) -> Relu -> Dropout(0.3) -> b: Dense(3)
    }
}
model! {
    pub struct WithoutDropout(features: [3]) -> [3] {
        features -> BatchNorm(epsilon = 1e-3, momentum = 0.5) -> a: Dense(3, init = zeros) -> Relu -> b: Dense(3)
    }
}
model! {
    pub struct Tanhs(x: [3]) -> [3] {
        x -> BatchNorm(epsilon = 1e-3) -> a: Dense(3) -> Tanh -> b: Dense(3)
    }
}
model! {
    pub struct Swapped(x: [3]) -> [3] {
        x -> BatchNorm(epsilon = 1e-3) -> b: Dense(3) -> Relu -> a: Dense(3)
    }
}
model! {
    pub struct Finer(x: [3]) -> [3] {
        x -> BatchNorm(epsilon = 1e-5) -> a: Dense(3) -> Relu -> b: Dense(3)
    }
}
model! {
    pub struct Linked(x: [3]) -> [3] {
        x -> BatchNorm(epsilon = 1e-3) -> a: Dense(3) -> Relu -> b: Dense(3) -> Softmax
    }
}

#[test]
fn the_same_tensors_of_another_network_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("relus.safetensors");
    Relus::new(1).save(&path).unwrap();
    let net = WithoutDropout::load(&path).unwrap();
    assert_eq!(net.a_weight(), Relus::new(1).a_weight());
    for (text, lines) in [
        (
            Tanhs::load(&path).unwrap_err().to_string(),
            ["relu1: Relu of a", "tanh1: Tanh of a"],
        ),
        (
            Swapped::load(&path).unwrap_err().to_string(),
            [
                "a: Dense(units 3, bias true) of batch_norm1",
                "b: Dense(units 3, bias true) of batch_norm1",
            ],
        ),
        (
            Finer::load(&path).unwrap_err().to_string(),
            ["epsilon 0.001", "epsilon 1e-5"],
        ),
        (
            Linked::load(&path).unwrap_err().to_string(),
            ["output 1: b", "output 1: Softmax of b"],
        ),
    ] {
        assert!(
            text.contains("it was written by a network that isn't the same"),
            "{text}"
        );
        assert!(lines.iter().all(|line| text.contains(line)), "{text}");
    }
    Tanhs::load_from(&path, Layout::Shapeflow).unwrap();
}

#[test]
fn a_partial_load_leaves_layers_that_compute_something_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("relus.safetensors");
    let mut relus = Relus::new(1);
    relus.b_bias_mut().fill(3.0);
    relus.a_bias_mut().fill(3.0);
    relus.batch_norm1_shift_mut().fill(3.0);
    relus.save(&path).unwrap();

    // Behind a `Tanh` that was a `Relu` the weights mean something else.
    let mut net = Tanhs::new(2);
    let PartialLoad {
        loaded,
        differences,
    } = weights::load_partial(&mut net, &path).unwrap();
    assert_eq!(loaded.len(), 6);
    assert_eq!((net.a_bias()[0], net.b_bias()[0]), (3.0, 0.0));
    assert_eq!(
        differences.to_string(),
        "  layer       b  the model has Dense(units 3, bias true) of tanh1, the file has Dense(units 3, bias true) of relu1"
    );
    // Of another epsilon.
    let mut net = Finer::new(2);
    let report = weights::load_partial(&mut net, &path).unwrap();
    assert_eq!(report.loaded, ["a.weight", "a.bias", "b.weight", "b.bias"]);
    assert_eq!((net.batch_norm1_shift()[0], net.b_bias()[0]), (0.0, 3.0));
    let text = report.differences.to_string();
    assert!(
        text.contains("epsilon 1e-5") && text.contains("epsilon 0.001"),
        "{text}"
    );
    // Names that changed places.
    let mut net = Swapped::new(2);
    let report = weights::load_partial(&mut net, &path).unwrap();
    assert!(
        report
            .loaded
            .iter()
            .all(|name| name.starts_with("batch_norm1."))
    );
    // Where names and shapes alone shall decide, they do.
    let mut net = Tanhs::new(2);
    let report = weights::load_partial_from(&mut net, &path, Layout::Shapeflow).unwrap();
    assert_eq!((report.loaded.len(), net.b_bias()[0]), (8, 3.0));
}

#[test]
fn nan_class_weights() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("w.safetensors");
    let mut net = Relus::new(1);
    let save = |net: &Relus| {
        let tensors: Vec<NamedTensor> = Relus::tensors()
            .iter()
            .map(|info| NamedTensor {
                name: info.name,
                shape: info.shape,
                values: net.store().tensor(info),
            })
            .collect();
        write(&path, &tensors, &Metadata::new("Relus")).unwrap();
        Relus::load(&path).unwrap_err().to_string()
    };
    net.b_weight_mut()[[2, 1]] = f32::NAN;
    let text = save(&net);
    assert!(
        text.ends_with("tensor `b.weight` at [2, 1]: expected a finite number, found NaN"),
        "{text}"
    );
    let text = net.save(&path).unwrap_err().to_string();
    assert!(
        text.contains("tensor `b.weight` is NaN at [2, 1]"),
        "{text}"
    );
    net.b_weight_mut()[[2, 1]] = f32::NEG_INFINITY;
    assert!(save(&net).ends_with("expected a finite number, found -inf"));
    net.b_weight_mut()[[2, 1]] = 0.0;
    net.batch_norm1_running_variance_mut()[1] = -1e-3;
    let text = save(&net);
    assert!(
        text.contains(
            "`batch_norm1.running_variance` at [1]: expected a variance, 0 or more, found -0.001"
        ),
        "{text}"
    );
}

#[test]
fn an_unknown_tensor_is_an_error_with_the_nearest_name() {
    let mut net = Relus::new(1);
    assert_eq!(net.tensor("a.weight").unwrap().shape(), [3, 3]);
    for text in [
        net.tensor("a.wieght").unwrap_err().to_string(),
        net.tensor_mut("a.wieght").unwrap_err().to_string(),
        (&net as &dyn Network)
            .tensor("a.wieght")
            .unwrap_err()
            .to_string(),
    ] {
        assert_eq!(
            text,
            "`Relus` has no tensor `a.wieght`; did you mean `a.weight`?"
        );
    }
    let text = format!("{:?}", net.tensor("batch_norm1").unwrap_err());
    assert!(text.starts_with("`Relus` has no tensor `batch_norm1`, that is a layer: its tensors are `batch_norm1.scale`, "), "{text}");
    assert_eq!(
        net.tensor("relu1").unwrap_err().to_string(),
        "`Relus` has no tensor `relu1`, that is a layer without weights"
    );
    let text = net.tensor("encoder.attention.key").unwrap_err().to_string();
    assert!(
        text.contains("; it has `batch_norm1.scale`, `batch_norm1.shift`, "),
        "{text}"
    );
}

#[test]
fn extras_come_back_with_the_weights() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("w.safetensors");
    let net = Relus::new(1);
    let mean = vec![0.1_f32, 1.0 / 3.0, -7.5e-8];
    let extras = Extras::new()
        .with_class_names(["a", "b", "ü"])
        .with("mean", &mean)
        .unwrap();
    net.save_with(&path, &extras).unwrap();
    let (back, found) = Relus::load_with(&path).unwrap();
    assert_eq!(back.a_weight(), net.a_weight());
    assert_eq!(found, extras);
    assert_eq!(found.class_names(0).unwrap(), ["a", "b", "ü"]);
    assert_eq!(found.get::<Vec<f32>>("mean").unwrap(), mean);
    assert_eq!(weights::read_extras(&path).unwrap(), extras);
    let (back, found) = Relus::from_bytes(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!((back.a_weight(), found), (net.a_weight(), extras.clone()));
    assert_eq!(
        weights::to_bytes(&net, &extras).unwrap(),
        std::fs::read(&path).unwrap()
    );

    let text = found_error(weights::read_extras(&path).unwrap().get::<f32>("median"));
    assert!(
        text.ends_with(
            "w.safetensors, extras: expected the key `median`, found `mean`; did you mean `mean`?"
        ),
        "{text}"
    );
    net.save(&path).unwrap();
    let text = found_error(Relus::load_with(&path).unwrap().1.get::<f32>("mean"));
    assert!(
        text.ends_with("expected the key `mean`, found none"),
        "{text}"
    );
    let two = Extras::new().with_class_names(["a", "b"]);
    let text = found_error(net.save_with(&path, &two));
    assert_eq!(
        text,
        "extras: expected 3 names of classes for output `output` of `Relus`, found 2"
    );
    found_error(net.save_with(
        &path,
        &Extras::new().with_class_names_of(1, ["a", "b", "c"]),
    ));
}

fn found_error<T>(result: Result<T, WeightsError>) -> String {
    result.err().expect("an error").to_string()
}

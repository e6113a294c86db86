//! Weights as PyTorch has them, in safetensors files.

use crate::place::{with_file, written};
use crate::{Target, alter, repair};
use shapeflow::model;
use shapeflow::model::Model;
use shapeflow::weights::{self, Layout};

/// [`Model::load_from`] with PyTorch's layouts.
pub const TARGET: Target = Target::new("pytorch", seeds, read)
    .altered(alter::safetensors)
    .repaired(repair::safetensors);

model! {
    pub struct Pictures(x: [4, 4, 1]) -> [2] {
        x -> conv1: Conv2d(2, 3x3, padding = same, bias = false) -> bn1: BatchNorm(epsilon = 1e-5) -> Relu -> MaxPool2d(2) -> Flatten
            -> fc1: Dense(3) -> norm: LayerNorm(epsilon = 1e-5) -> fc2: Dense(2)
    }
}

fn seeds() -> Vec<Vec<u8>> {
    // As PyTorch names and lays them out: only names and shapes count.
    let tensors: [(&str, &[usize]); 12] = [
        ("conv1.weight", &[2, 1, 3, 3]),
        ("bn1.weight", &[2]),
        ("bn1.bias", &[2]),
        ("bn1.running_mean", &[2]),
        ("bn1.running_var", &[2]),
        ("fc1.weight", &[3, 8]),
        ("fc1.bias", &[3]),
        ("norm.weight", &[3]),
        ("norm.bias", &[3]),
        ("fc2.weight", &[2, 3]),
        ("fc2.bias", &[2]),
        ("bn1.num_batches_tracked", &[]),
    ];
    let formats = [
        ("F32", 0.5_f32.to_le_bytes().to_vec()),
        ("F16", vec![0, 0x38]),
    ];
    let file = |(format, number): &(&str, Vec<u8>)| {
        let (mut header, mut data) = (serde_json::Map::new(), Vec::new());
        for (name, shape) in tensors {
            let begin = data.len();
            data.extend(number.repeat(shape.iter().product()));
            let entry = serde_json::json!({"dtype": format, "shape": shape, "data_offsets": [begin, data.len()]});
            header.insert(name.to_owned(), entry);
        }
        let header = serde_json::Value::from(header).to_string();
        let length = (header.len() as u64).to_le_bytes();
        [&length, header.as_bytes(), &data].concat()
    };
    let mut files: Vec<Vec<u8>> = formats.iter().map(file).collect();
    for file in &files {
        with_file("seed", file, |path| {
            Pictures::load_from(path, Layout::PyTorch).expect("a file of PyTorch's");
        });
    }
    files.push(written("own", |path| {
        Pictures::new(1).save(path).expect("a file");
    }));
    files
}

fn read(bytes: &[u8]) {
    with_file("weights", bytes, |path| {
        let _ = Pictures::load_from(path, Layout::PyTorch);
        let _ = Pictures::load_from(path, Layout::PyTorchEpsilon(1e-5));
        let _ = Pictures::load_from(path, Layout::Shapeflow);
        let mut net = Pictures::new(1);
        let _ = weights::load_partial_from(&mut net, path, Layout::PyTorch)
            .map(|load| load.differences.to_string());
    });
}

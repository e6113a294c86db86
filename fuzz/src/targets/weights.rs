//! Weights in safetensors files, Shapeflow's own and those of others.

use crate::place::{with_file, written};
use crate::{Target, alter, repair};
use shapeflow::model;
use shapeflow::model::Model;
use shapeflow::weights::{self, Metadata, NamedTensor, WeightsFile, write};

/// `Model::load`, [`WeightsFile::open`] and their sisters.
pub const TARGET: Target = Target::new("weights", seeds, read)
    .altered(alter::safetensors)
    .repaired(repair::safetensors);

model! {
    pub struct Small(x: [3, 3, 1]) -> [2] {
        x -> Conv2d(2, 2x2, bias = false) -> BatchNorm -> Relu -> Flatten -> Dense(2)
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let own = written("own", |path| {
        Small::new(1).save(path).expect("a file");
    });
    let other = written("other", |path| {
        let weight = |name, shape, values| NamedTensor {
            name,
            shape,
            values,
        };
        let tensors = [
            weight("fc.weight", &[2, 2], &[1.0, 2.0, 3.0, 4.0]),
            weight("empty", &[0, 7], &[]),
        ];
        write(path, &tensors, &Metadata::new("Other")).expect("a file");
    });
    vec![own, other]
}

fn read(bytes: &[u8]) {
    with_file("weights", bytes, |path| {
        let _ = Small::load(path);
        let partial = weights::load_partial(&mut Small::new(1), path);
        let _ = partial.map(|load| load.differences.to_string());
    });
    let _ = Small::from_bytes(bytes);
    if let Ok(file) = WeightsFile::from_bytes(bytes) {
        for (name, tensor) in file.tensors() {
            let _ = (tensor.shape(), tensor.values(), file.tensor(name));
        }
        let _ = file.tensor("conv2d1").map_err(|error| error.to_string());
    }
}

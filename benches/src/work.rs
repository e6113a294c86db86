//! The workloads: a network and the batch it is usually trained on.

use shapeflow::engine::{Network, Program};
use shapeflow::model::Model;

use crate::models::{
    Autoencoder, CifarCnn, ConvNext, Mlp, MobileNetV2, ResNet20, ResNet50, ResNet50Recomputed,
    Table, Tiny, UNet, Vgg16, Wide,
};

/// The networks that are compared with PyTorch.
const TWELVE: usize = 12;

/// The twelve, of which the first four take little time, and one of them with its blocks recomputed.
const SET: &[Work] = &[
    Work::of::<CifarCnn>("cifar_cnn", 128),
    Work::of::<Mlp>("mlp", 128),
    Work::of::<ResNet20>("resnet20", 64),
    Work::of::<Tiny>("tiny", 1),
    Work::of::<Table>("table", 128),
    Work::of::<Autoencoder>("autoencoder", 32),
    Work::of::<ConvNext>("convnext", 32),
    Work::of::<Wide>("wide", 128),
    Work::of::<UNet>("unet", 16),
    Work::of::<MobileNetV2>("mobilenet_v2", 16),
    Work::of::<ResNet50>("resnet50", 16),
    Work::of::<Vgg16>("vgg16", 4),
    Work::of::<ResNet50Recomputed>("resnet50_recomputed", 16),
];

/// A network, and the examples in its usual batch.
#[derive(Clone, Copy)]
pub struct Work {
    pub name: &'static str,
    pub program: &'static Program,
    /// Makes one with initial values.
    pub make: fn() -> Box<dyn Network>,
    batch: usize,
}

impl Work {
    const fn of<M: Model + 'static>(name: &'static str, batch: usize) -> Self {
        Self {
            name,
            program: M::PROGRAM,
            make: || Box::new(M::with_seed(1)),
            batch,
        }
    }

    /// The workloads that `name` stands for: one by its name, the four quick ones (`all`), the others (`large`), or the whole `set`.
    ///
    /// # Errors
    ///
    /// If there is none of this name; the text says which there are.
    pub fn named(name: &str) -> Result<&'static [Work], String> {
        match name {
            "all" => Ok(&SET[..4]),
            "large" => Ok(&SET[4..TWELVE]),
            "set" => Ok(&SET[..TWELVE]),
            one => match SET.iter().position(|work| work.name == one) {
                Some(index) => Ok(&SET[index..=index]),
                None => {
                    let names: Vec<&str> = SET.iter().map(|work| work.name).collect();
                    Err(format!("one of {}, all, large, set", names.join(", ")))
                }
            },
        }
    }

    /// The examples of a batch: `wanted` or the usual ones, but not fewer than the network can be trained on.
    pub fn batch(&self, wanted: Option<usize>) -> usize {
        wanted.unwrap_or(self.batch).max(self.program.least_batch)
    }

    /// Operations of a training step for one example: forward, and twice that backward, less the gradient of the model's
    /// input, which nobody computes.
    pub fn training_flops(&self) -> u64 {
        let mut nodes = self.program.graph.nodes.iter().map(|node| node.flops);
        let first = nodes.find(|&flops| flops > 0).unwrap_or(0);
        3 * self.program.flops - first
    }
}

//! Examples brought together in a batch, and the order that an epoch takes them in.

use super::Dataset;
use crate::data::random::{Purpose, Random};
use crate::data::{BatchBuffers, Targets};
use ndarray::ArrayD;

impl<T: Targets> Dataset<T> {
    /// Writes the examples of these numbers into `batch`, in this order. Allocates only while the buffers grow.
    ///
    /// # Panics
    ///
    /// If a number is past the end.
    pub fn gather(&self, indices: &[usize], batch: &mut BatchBuffers) {
        let outputs = self.targets.outputs();
        batch.prepare(self.inputs.len(), outputs, indices.len());
        for (number, (input, shape)) in self.inputs.iter().zip(&self.shapes).enumerate() {
            batch.gather_input(number, flat(input), shape.iter().product(), indices);
        }
        for output in 0..outputs {
            batch.gather_target(
                output,
                self.targets.view(output),
                self.targets.width(output),
                indices,
            );
        }
    }

    /// The numbers of all examples in the order of an epoch: it depends on `seed`, `epoch` and the number of examples.
    pub fn shuffled(&self, seed: u64, epoch: u64) -> Vec<usize> {
        let mut order = Vec::new();
        shuffled_order(self.len(), seed, epoch, &mut order);
        order
    }
}

/// Writes `0 .. examples` in the order of an epoch.
pub(crate) fn shuffled_order(examples: usize, seed: u64, epoch: u64, order: &mut Vec<usize>) {
    order.clear();
    order.extend(0..examples);
    Random::new(seed, Purpose::Shuffle, epoch, 0).shuffle(order);
}

fn flat(input: &ArrayD<f32>) -> &[f32] {
    // The constructor brings every input into standard layout, and nothing changes the axes afterwards.
    input
        .as_slice()
        .expect("inputs are kept in standard layout")
}

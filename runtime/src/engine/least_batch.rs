//! The fewest examples of which a layer can take statistics: one value has no variance.

/// A layer that, in training, takes each channel's mean and variance over the whole batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchStatistics {
    /// The layer's name.
    pub layer: &'static str,
    /// Values that one example gives to each channel.
    pub positions: usize,
}

impl BatchStatistics {
    /// The fewest examples that give each channel two values.
    const fn least_batch(&self) -> usize {
        if self.positions > 1 { 1 } else { 2 }
    }
}

/// The fewest examples of which all of `layers` can take their statistics.
pub const fn least_batch(layers: &[BatchStatistics]) -> usize {
    let mut least = 1;
    let mut i = 0;
    while i < layers.len() {
        if layers[i].least_batch() > least {
            least = layers[i].least_batch();
        }
        i += 1;
    }
    least
}

/// The first of `layers` that can't take its statistics of a single example.
pub(super) fn needs_two_examples(layers: &[BatchStatistics]) -> Option<&'static str> {
    let layer = layers.iter().find(|layer| layer.least_batch() > 1);
    layer.map(|layer| layer.layer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_examples_are_needed_where_one_gives_a_channel_one_value() {
        let norm = |positions| BatchStatistics {
            layer: "batch_norm1",
            positions,
        };
        assert_eq!(least_batch(&[]), 1);
        assert_eq!(least_batch(&[norm(2), norm(49)]), 1);
        assert_eq!(least_batch(&[norm(49), norm(1)]), 2);
    }
}

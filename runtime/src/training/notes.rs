//! What a run says of itself where it isn't wrong, but hardly what was meant.

use crate::data::{BatchBuffers, TargetsView};
use crate::engine::Network;
use crate::graph::AttributeValue;

/// How much of what running statistics began with may be left when they are first used.
const LEFT: f64 = 0.2;

/// That validation uses running statistics that can't have settled by then: of each, `momentum ^ steps` is still what it began with.
pub(super) fn unsettled(network: &dyn Network, steps: usize) -> Option<String> {
    let (graph, store) = (network.program().graph, network.store());
    let layers = graph.layers.iter();
    // Those that a file or a run before has filled have settled there.
    let norms = layers.filter(|layer| {
        let mut tensors = graph.tensors_of(layer).iter();
        let mean = tensors.find(|info| info.name.ends_with(".running_mean"));
        mean.is_some_and(|info| store.tensor(info).iter().all(|&mean| mean == 0.0))
    });
    let with = norms.filter_map(|layer| match layer.attribute("momentum") {
        Some(AttributeValue::Number(momentum)) => Some((layer.name, momentum)),
        _ => None,
    });
    let (name, momentum) = with.max_by(|(_, a), (_, b)| a.total_cmp(b))?;
    let left = f64::from(momentum).powf(steps as f64);
    (left > LEFT).then(|| {
        format!(
            "The running statistics of `{name}` are {:.0} % settled after the {steps} {} of the first epoch (momentum {momentum:?}), and \
             validation uses them: `BatchNorm(momentum = 0.9)` settles sooner",
            100.0 * (1.0 - left),
            if steps == 1 { "step" } else { "steps" },
        )
    })
}

/// Whether the examples of an epoch that isn't shuffled come class after class.
#[derive(Default)]
pub(super) struct ClassOrder {
    batches: usize,
    /// Batches of several examples that are all of one class.
    alone: usize,
    /// The first and the last class so far.
    ends: Option<(u32, u32)>,
    /// Some class came after a higher one.
    mixed: bool,
}

impl ClassOrder {
    /// Looks at the classes of a batch.
    pub(super) fn see(&mut self, batch: &BatchBuffers) {
        if batch.outputs() == 1
            && let TargetsView::Classes(classes) = batch.target(0)
            && classes.len() == batch.examples()
        {
            self.see_classes(classes);
        }
    }

    fn see_classes(&mut self, classes: &[u32]) {
        let [first, .., last] = classes else {
            return;
        };
        let (begin, before) = self.ends.unwrap_or((*first, *first));
        self.mixed |= before > *first || !classes.is_sorted();
        self.ends = Some((begin, *last));
        self.batches += 1;
        self.alone += usize::from(first == last);
    }

    /// That the examples are sorted, and most batches hold one class.
    pub(super) fn note(&self) -> Option<String> {
        let (alone, batches) = (self.alone, self.batches);
        let several = self.ends.is_some_and(|(first, last)| first != last);
        (several && !self.mixed && alone >= 3 && 2 * alone > batches).then(|| {
            format!(
                "The examples are sorted by class and `shuffle(false)` leaves them so: {alone} of {batches} batches hold one class alone; \
                 without it the network learns all classes at once"
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(batches: &[&[u32]]) -> Option<String> {
        let mut order = ClassOrder::default();
        batches.iter().for_each(|batch| order.see_classes(batch));
        order.note()
    }

    #[test]
    fn data_sorted_by_class_is_noted() {
        let sorted = note(&[&[0, 0], &[0, 0], &[0, 1], &[1, 1], &[1]]).expect("a note");
        assert!(sorted.contains("3 of 4 batches"), "{sorted}");
    }

    #[test]
    fn mixed_data_and_data_of_one_class_is_not() {
        assert_eq!(note(&[&[0, 0], &[1, 1], &[0, 0], &[1, 1]]), None);
        assert_eq!(note(&[&[1, 1], &[1, 1], &[0, 0], &[0, 0]]), None);
        assert_eq!(note(&[&[1, 1], &[1, 1], &[1, 1], &[1, 1]]), None);
        assert_eq!(note(&[&[0], &[1], &[2], &[3]]), None);
        assert_eq!(note(&[]), None);
    }
}

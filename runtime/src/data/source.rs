//! Where training gets its batches from.

use super::dataset::shuffled_order;
use super::{BatchBuffers, DataError, Dataset, Targets};
use crate::engine::ColumnNames;
use std::ops::{ControlFlow, Range};

/// One pass over the examples: their order, and how they are cut into batches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pass {
    /// Examples per batch, at least 1. The last batch may be smaller, unless [`drop_last`](Self::drop_last) is set.
    pub batch_size: usize,
    /// The seed of the order and of the augmentation.
    pub seed: u64,
    /// The number of the epoch: every one has its own order and its own augmentation.
    pub epoch: u64,
    /// Whether the examples come in random order.
    pub shuffle: bool,
    /// Whether pictures are augmented: for training, not for measuring.
    pub augment: bool,
    /// How many batches at the beginning are left out, when an interrupted epoch is taken up again.
    pub skip: usize,
    /// Whether a last batch that isn't full is left out. With [`shuffle`](Self::shuffle) other examples are left out in
    /// every epoch.
    pub drop_last: bool,
}

impl Pass {
    /// A pass of training: shuffled and augmented.
    pub fn training(batch_size: usize, seed: u64, epoch: u64) -> Self {
        Self {
            batch_size,
            seed,
            epoch,
            shuffle: true,
            augment: true,
            skip: 0,
            drop_last: false,
        }
    }

    /// A pass of measuring: in order, as the examples are.
    pub fn evaluation(batch_size: usize) -> Self {
        Self {
            batch_size,
            seed: 0,
            epoch: 0,
            shuffle: false,
            augment: false,
            skip: 0,
            drop_last: false,
        }
    }

    /// How many batches a pass over this many examples has, those left out included.
    pub fn batches(&self, examples: usize) -> usize {
        if self.drop_last {
            examples / self.batch_size.max(1)
        } else {
            examples.div_ceil(self.batch_size.max(1))
        }
    }

    /// The numbers within the order of the pass that a batch has.
    pub(crate) fn places(&self, batch: usize, examples: usize) -> Range<usize> {
        let start = batch.saturating_mul(self.batch_size).min(examples);
        start..examples.min(start.saturating_add(self.batch_size))
    }

    /// Checks that the batch size is at least 1, and that there is a batch at all.
    pub(crate) fn check(&self, examples: usize) -> Result<(), DataError> {
        if self.batch_size == 0 {
            Err(DataError::argument("batch size", "at least 1", 0))
        } else if self.drop_last && examples < self.batch_size {
            Err(DataError::argument(
                "batch size",
                format!(
                    "at most {examples}, the number of examples, as a batch that isn't full is left out"
                ),
                self.batch_size,
            ))
        } else {
            Ok(())
        }
    }

    /// Writes the order of the pass.
    pub(crate) fn order(&self, examples: usize, order: &mut Vec<usize>) {
        if self.shuffle {
            shuffled_order(examples, self.seed, self.epoch, order);
        } else {
            order.clear();
            order.extend(0..examples);
        }
    }
}

/// The buffers of a source, kept from one pass to the next so that only the first allocates.
#[derive(Debug, Default)]
pub struct BatchPool {
    pub(crate) order: Vec<usize>,
    pub(crate) slots: Vec<BatchBuffers>,
}

impl BatchPool {
    /// No buffers yet.
    pub fn new() -> Self {
        Self::default()
    }
}

/// What to do with a batch; [`ControlFlow::Break`] ends the pass.
pub type Visit<'a> = dyn FnMut(&BatchBuffers) -> ControlFlow<()> + 'a;

/// Where training gets its batches from, without the type of the targets, so that the training loop is compiled once.
///
/// [`Dataset`] is one, and so is [`Augmented`](super::Augmented), which prepares its batches on other threads. Write
/// your own for examples that don't fit in memory: what it hands over must depend on the [`Pass`] alone, or training
/// can't be repeated.
///
/// A pass ends when `visit` answers [`ControlFlow::Break`], and must then return at once. Training looks at its callbacks in `visit`
/// alone and never ends a thread: a source that goes on, or waits without end for its next batch, can't be stopped from outside. One that
/// waits for a network or a pipe should wait for so long only, and then return an error.
pub trait BatchSource: Send + Sync {
    /// How many examples a pass has.
    fn examples(&self) -> usize;

    /// The shapes of one example, one per input.
    fn input_shapes(&self) -> &[Vec<usize>];

    /// What is done to the examples of a training pass, as text: the settings of an augmentation. Checkpoints hold it, and a
    /// resume with other settings is refused.
    fn settings(&self) -> String {
        String::new()
    }

    /// What tells these examples from all others, for a resume that must have the same. `None`, as here, lets training read all
    /// examples for it once; a source that takes long over that may give what it knows, such as names, sizes and times of files.
    fn fingerprint(&self) -> Option<String> {
        None
    }

    /// An input's columns, if it comes from a table: names, and what was done to their numbers. Training refuses data for
    /// validation whose columns differ from those of the data that it trains on, and so does a trained model.
    fn input_columns(&self, input: usize) -> Option<&ColumnNames> {
        let _ = input;
        None
    }

    /// The columns of an output's targets, if they are known; they are compared as those of inputs are.
    fn target_columns(&self, output: usize) -> Option<&ColumnNames> {
        let _ = output;
        None
    }

    /// The names of the classes of an output, in the order of the class numbers, if they are known. Training refuses
    /// data for validation whose names differ from those of the data that it trains on.
    fn class_names(&self, output: usize) -> Option<&[String]> {
        let _ = output;
        None
    }

    /// Hands the batches of a pass to `visit`, in order, until it breaks off.
    ///
    /// # Errors
    ///
    /// If the batch size is 0, if all batches would be left out, or the examples can't be read.
    fn pass(
        &self,
        pass: &Pass,
        pool: &mut BatchPool,
        visit: &mut Visit<'_>,
    ) -> Result<(), DataError>;
}

/// A [`BatchSource`] whose kind of targets is known, so that the loss can be checked against it when the program is
/// built.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no source of examples",
    label = "expected a `Dataset` or what `Dataset::augment` returns",
    note = "make one with `Dataset::new(inputs, targets)?`"
)]
pub trait Source: BatchSource {
    /// The targets of the examples.
    type Targets: Targets;
}

impl<T: Targets> BatchSource for Dataset<T> {
    fn examples(&self) -> usize {
        self.len()
    }

    fn input_shapes(&self) -> &[Vec<usize>] {
        self.shapes()
    }

    fn input_columns(&self, input: usize) -> Option<&ColumnNames> {
        self.inputs().get(input)?.columns()
    }

    fn target_columns(&self, output: usize) -> Option<&ColumnNames> {
        Dataset::target_columns(self, output)
    }

    fn class_names(&self, output: usize) -> Option<&[String]> {
        Dataset::class_names(self, output)
    }

    fn pass(
        &self,
        pass: &Pass,
        pool: &mut BatchPool,
        visit: &mut Visit<'_>,
    ) -> Result<(), DataError> {
        pass.check(self.len())?;
        self.check_resolved()?;
        pass.order(self.len(), &mut pool.order);
        if pool.slots.is_empty() {
            pool.slots.push(BatchBuffers::new());
        }
        let buffers = &mut pool.slots[0];
        for batch in pass.skip..pass.batches(self.len()) {
            let indices = &pool.order[pass.places(batch, self.len())];
            self.gather(indices, buffers);
            if visit(buffers).is_break() {
                break;
            }
        }
        Ok(())
    }
}

impl<T: Targets> Source for Dataset<T> {
    type Targets = T;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Classes, TargetsView, Values};
    use ndarray::{Array1, Array2};

    fn set() -> Dataset<(Classes, Values)> {
        let inputs =
            Array2::from_shape_fn((7, 2), |(example, element)| (10 * example + element) as f32);
        let targets = (
            Classes((0..7).collect()),
            Values::from(Array1::from_iter((0..7).map(|i| i as f32))),
        );
        Dataset::new(inputs, targets).expect("a proper data set")
    }

    /// The class numbers of each batch, having checked that inputs and other targets go with them.
    fn batches(pass: &Pass) -> Vec<Vec<u32>> {
        let mut seen = Vec::new();
        let result = set().pass(pass, &mut BatchPool::new(), &mut |batch| {
            let TargetsView::Classes(classes) = batch.target(0) else {
                panic!("the first output has classes")
            };
            let values: Vec<f32> = classes.iter().map(|&class| class as f32).collect();
            let inputs: Vec<f32> = values
                .iter()
                .flat_map(|value| [10.0 * value, 10.0 * value + 1.0])
                .collect();
            assert_eq!(batch.input(0), inputs);
            assert_eq!(batch.target(1), TargetsView::Values(&values));
            assert_eq!(batch.examples(), classes.len());
            batch.with_views(|inputs, targets| {
                assert_eq!((inputs.len(), targets.len()), (1, 2));
                assert_eq!(inputs[0], batch.input(0));
                assert_eq!(targets[1], batch.target(1));
            });
            seen.push(classes.to_vec());
            ControlFlow::Continue(())
        });
        result.expect("a proper pass");
        seen
    }

    #[test]
    fn evaluation_keeps_the_order_and_the_short_last_batch() {
        assert_eq!(
            batches(&Pass::evaluation(3)),
            [vec![0, 1, 2], vec![3, 4, 5], vec![6]]
        );
        assert_eq!(Pass::evaluation(3).batches(7), 3);
    }

    #[test]
    fn every_epoch_of_training_has_its_own_order_of_all_examples() {
        let first = batches(&Pass::training(3, 1, 0)).concat();
        assert_eq!(first, batches(&Pass::training(2, 1, 0)).concat());
        assert_ne!(first, batches(&Pass::training(3, 1, 1)).concat());
        assert_ne!(first, batches(&Pass::training(3, 2, 0)).concat());
        let mut sorted = first;
        sorted.sort_unstable();
        assert_eq!(sorted, (0..7).collect::<Vec<_>>());
    }

    #[test]
    fn skipped_batches_leave_the_others_as_they_are() {
        let pass = Pass::training(3, 1, 0);
        assert_eq!(batches(&Pass { skip: 1, ..pass }), batches(&pass)[1..]);
        assert!(batches(&Pass { skip: 9, ..pass }).is_empty());
    }

    #[test]
    fn bn_tail_a_last_batch_that_is_not_full_can_be_left_out() {
        let drop = |pass: Pass| Pass {
            drop_last: true,
            ..pass
        };
        let pass = drop(Pass::evaluation(3));
        assert_eq!(batches(&pass), [vec![0, 1, 2], vec![3, 4, 5]]);
        assert_eq!(
            (pass.batches(7), pass.batches(6), pass.batches(2)),
            (2, 2, 0)
        );
        assert_eq!(batches(&drop(Pass::evaluation(7))).len(), 1);
        let whole = Pass::training(3, 1, 0);
        assert_eq!(batches(&drop(whole)), batches(&whole)[..2]);
        let error = set().pass(
            &drop(Pass::evaluation(8)),
            &mut BatchPool::new(),
            &mut |_| ControlFlow::Continue(()),
        );
        assert_eq!(
            error.unwrap_err().to_string(),
            "batch size: expected at most 7, the number of examples, as a batch that isn't full is left out, found 8"
        );
    }

    #[test]
    fn a_batch_size_beyond_all_examples_is_one_batch() {
        assert_eq!(batches(&Pass::evaluation(usize::MAX)).len(), 1);
    }

    #[test]
    fn a_batch_size_of_zero_is_an_error() {
        let error = set().pass(&Pass::evaluation(0), &mut BatchPool::new(), &mut |_| {
            ControlFlow::Continue(())
        });
        assert_eq!(
            error.unwrap_err().to_string(),
            "batch size: expected at least 1, found 0"
        );
    }

    #[test]
    fn buffers_are_reused() {
        let (set, mut pool, mut places) = (set(), BatchPool::new(), Vec::new());
        for epoch in 0..3 {
            set.pass(&Pass::training(3, 1, epoch), &mut pool, &mut |batch| {
                places.push(batch.input(0).as_ptr());
                ControlFlow::Continue(())
            })
            .expect("a proper pass");
        }
        assert!(places.iter().all(|place| place == &places[0]));
    }
}

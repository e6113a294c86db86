//! A source whose pictures are augmented on background threads, so that training doesn't wait.

use super::augment::Pipeline;
use super::prefetch::prefetch;
use super::{
    BatchBuffers, BatchPool, BatchSource, DataError, Dataset, Pass, Source, Targets, TargetsView,
    Visit,
};

/// A data set whose pictures go through a [`Pipeline`] every time they are used for training.
///
/// Background threads prepare a few batches ahead, in buffers that are used again. What comes out depends on the seed,
/// the epoch and the number of the example alone, not on the number of threads. In an evaluation the pictures come as
/// they are. Made by [`Dataset::augment`].
#[derive(Clone, Debug)]
pub struct Augmented<'a, T> {
    dataset: &'a Dataset<T>,
    pipeline: Pipeline,
    input: usize,
    shape: [usize; 3],
    threads: usize,
    ahead: usize,
}

impl<T: Targets> Dataset<T> {
    /// This data set with its first input augmented: pictures `[height, width, channels]`.
    ///
    /// # Errors
    ///
    /// If the first input doesn't hold pictures, or a setting of the pipeline makes no sense for them; if the pipeline
    /// moves what is on the pictures (flips, shifts, crops, rotations, zooms, steps of one's own) and targets have places on
    /// them: `ClassMaps`, or `Values` for each pixel. They would stay behind.
    pub fn augment(&self, pipeline: Pipeline) -> Result<Augmented<'_, T>, DataError> {
        self.augment_input(0, pipeline)
    }

    /// This data set with one of its inputs augmented: pictures `[height, width, channels]`.
    ///
    /// # Errors
    ///
    /// If there is no such input, if it doesn't hold pictures, and those of [`augment`](Self::augment).
    pub fn augment_input(
        &self,
        input: usize,
        pipeline: Pipeline,
    ) -> Result<Augmented<'_, T>, DataError> {
        self.check_input(input)?;
        let [height, width, channels] = *self.shape(input) else {
            return Err(DataError::Shape {
                what: format!("input {input}"),
                expected: "[height, width, channels]".to_owned(),
                found: format!("{:?}", self.shape(input)),
            });
        };
        let shape = [height, width, channels];
        pipeline.check(shape)?;
        if !pipeline.keeps_places() {
            check_targets(self.targets(), [height, width])?;
        }
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Augmented {
            dataset: self,
            pipeline,
            input,
            shape,
            threads: (cores / 4).clamp(1, 4),
            ahead: 4,
        })
    }
}

/// Checks that no output has targets with places, which would stay behind when the picture is moved.
fn check_targets<T: Targets>(targets: &T, [height, width]: [usize; 2]) -> Result<(), DataError> {
    for output in 0..targets.outputs() {
        let numbers = targets.width(output);
        let places = match targets.view(output) {
            TargetsView::Classes(_) => numbers > 1,
            TargetsView::Values(values) => {
                are_places(numbers, [height, width]) && !are_classes(values, numbers)
            }
        };
        if places {
            return Err(DataError::argument(
                format!("targets of output {output}"),
                format!(
                    "targets that hold for the whole picture, for the pipeline moves what is on the pictures ({height} × \
                     {width}) and their targets would stay; changes of values alone (brightness, contrast, cutout) are taken"
                ),
                format!("{numbers} numbers for each picture, which have places on it"),
            ));
        }
    }
    Ok(())
}

/// Whether so many values are one or several for each pixel, or for each square of 2, 4, 8, .. pixels.
fn are_places(numbers: usize, [height, width]: [usize; 2]) -> bool {
    let mut side = 1;
    while side <= height.min(width) && height.is_multiple_of(side) && width.is_multiple_of(side) {
        let places = (height / side) * (width / side);
        // Few places are more likely a few numbers about the whole picture.
        if numbers.is_multiple_of(places) && (places >= 16 || (side == 1 && places > 1)) {
            return true;
        }
        side *= 2;
    }
    false
}

/// Whether every row is a distribution over classes, such as one-hot rows: it has no places.
fn are_classes(values: &[f32], numbers: usize) -> bool {
    values.chunks_exact(numbers.max(1)).all(|row| {
        row.iter().all(|&value| value >= 0.0) && (row.iter().sum::<f32>() - 1.0).abs() < 1e-3
    })
}

impl<T: Targets> Augmented<'_, T> {
    /// How many background threads prepare batches; with 0 the training thread prepares each when it needs it. By
    /// default a quarter of the cores, at least 1 and at most 4.
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// How many batches are kept in memory, the one in use included; at least 2 with background threads. By default 4.
    pub fn prefetch(mut self, batches: usize) -> Self {
        self.ahead = batches;
        self
    }

    /// Writes the examples of these numbers into `batch` and augments them.
    fn fill(&self, indices: &[usize], pass: &Pass, batch: &mut BatchBuffers, scratch: &mut [f32]) {
        self.dataset.gather(indices, batch);
        for (&index, pixels) in indices
            .iter()
            .zip(batch.inputs[self.input].chunks_exact_mut(scratch.len()))
        {
            self.pipeline.run(
                self.shape,
                pixels,
                scratch,
                pass.seed,
                pass.epoch,
                index as u64,
            );
        }
    }
}

impl<T: Targets> BatchSource for Augmented<'_, T> {
    fn examples(&self) -> usize {
        self.dataset.len()
    }

    fn input_shapes(&self) -> &[Vec<usize>] {
        self.dataset.shapes()
    }

    fn settings(&self) -> String {
        format!("input: {}, {:?}", self.input, self.pipeline)
    }

    fn class_names(&self, output: usize) -> Option<&[String]> {
        self.dataset.class_names(output)
    }

    fn pass(
        &self,
        pass: &Pass,
        pool: &mut BatchPool,
        visit: &mut Visit<'_>,
    ) -> Result<(), DataError> {
        if !pass.augment || self.pipeline.is_empty() {
            return self.dataset.pass(pass, pool, visit);
        }
        pass.check(self.dataset.len())?;
        let BatchPool { order, slots } = pool;
        pass.order(self.dataset.len(), order);
        let batches = pass.skip..pass.batches(order.len());
        let threads = self.threads.min(batches.len());
        let wanted = if threads == 0 {
            1
        } else {
            self.ahead.max(2).min(batches.len().max(1))
        };
        if slots.len() < wanted {
            slots.resize_with(wanted, BatchBuffers::new);
        }
        let slots = &mut slots[..wanted];
        let size: usize = self.shape.iter().product();
        let indices = |batch: usize| &order[pass.places(batch, order.len())];
        if threads == 0 {
            let mut scratch = vec![0.0; size];
            for batch in batches {
                self.fill(indices(batch), pass, &mut slots[0], &mut scratch);
                if visit(&slots[0]).is_break() {
                    break;
                }
            }
        } else {
            let worker = || {
                let mut scratch = vec![0.0; size];
                move |batch: usize, buffers: &mut BatchBuffers| {
                    self.fill(indices(batch), pass, buffers, &mut scratch);
                }
            };
            prefetch(batches, slots, threads, &worker, visit);
        }
        Ok(())
    }
}

impl<T: Targets> Source for Augmented<'_, T> {
    type Targets = T;
}

#[cfg(test)]
mod tests {
    use super::super::augment::{
        Augment, Border, Brightness, HorizontalFlip, Picture, Rotate, Shift,
    };
    use super::*;
    use crate::data::{Classes, Random};
    use ndarray::{Array2, Array4};
    use std::ops::ControlFlow;

    fn pictures() -> Dataset<Classes> {
        let pixels = Array4::from_shape_fn((23, 5, 4, 2), |(n, y, x, c)| {
            (40 * n + 8 * y + 2 * x + c) as f32
        });
        Dataset::new(pixels, Classes((0..23).collect())).unwrap()
    }

    fn pipeline() -> Pipeline {
        Pipeline::new()
            .with(HorizontalFlip::default())
            .sometimes(0.5, Rotate::new(20.0).border(Border::Reflect))
            .with(Shift::new(0.2, 0.2))
            .with(Brightness::new(0.3))
    }

    /// Pixels and classes of all batches.
    fn run(source: &dyn BatchSource, pass: &Pass) -> Vec<(Vec<u32>, Vec<u32>)> {
        let mut batches = Vec::new();
        source
            .pass(pass, &mut BatchPool::new(), &mut |batch| {
                let super::super::TargetsView::Classes(classes) = batch.target(0) else {
                    unreachable!("classes")
                };
                batches.push((
                    batch.input(0).iter().map(|value| value.to_bits()).collect(),
                    classes.to_vec(),
                ));
                ControlFlow::Continue(())
            })
            .unwrap();
        batches
    }

    #[test]
    fn the_number_of_threads_changes_nothing() {
        let pictures = pictures();
        let augmented = pictures.augment(pipeline()).unwrap();
        let pass = Pass::training(4, 9, 1);
        let expected = run(&augmented.clone().threads(0), &pass);
        assert_eq!(expected.len(), 6);
        assert_ne!(expected, run(&pictures, &pass));
        for (threads, ahead) in [(1, 2), (2, 1), (3, 4), (8, 3)] {
            assert_eq!(
                run(&augmented.clone().threads(threads).prefetch(ahead), &pass),
                expected,
                "{threads} threads"
            );
        }
    }

    #[test]
    fn a_picture_does_not_depend_on_its_batch() {
        let pictures = pictures();
        let augmented = pictures.augment(pipeline()).unwrap();
        let all = |batch_size| {
            let (pixels, classes): (Vec<_>, Vec<_>) =
                run(&augmented, &Pass::training(batch_size, 9, 1))
                    .into_iter()
                    .unzip();
            (pixels.concat(), classes.concat())
        };
        assert_eq!(all(4), all(7));
    }

    #[test]
    fn epochs_differ_and_skipped_batches_change_nothing() {
        let pictures = pictures();
        let augmented = pictures.augment(pipeline()).unwrap().threads(2);
        let pass = Pass::training(4, 9, 1);
        assert_ne!(
            run(&augmented, &pass),
            run(&augmented, &Pass { epoch: 2, ..pass })
        );
        assert_eq!(
            run(&augmented, &pass)[2..],
            run(&augmented, &Pass { skip: 2, ..pass })
        );
        assert!(run(&augmented, &Pass { skip: 100, ..pass }).is_empty());
    }

    #[test]
    fn an_evaluation_sees_the_pictures_as_they_are() {
        let pictures = pictures();
        let pass = Pass::evaluation(4);
        assert_eq!(
            run(&pictures.augment(pipeline()).unwrap(), &pass),
            run(&pictures, &pass)
        );
    }

    #[test]
    fn breaking_off_ends_the_pass_and_the_threads() {
        let pictures = pictures();
        let augmented = pictures.augment(pipeline()).unwrap().threads(2);
        let mut seen = 0;
        let mut visit = |_: &BatchBuffers| {
            seen += 1;
            if seen == 2 {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        augmented
            .pass(&Pass::training(2, 0, 0), &mut BatchPool::new(), &mut visit)
            .unwrap();
        assert_eq!(seen, 2);
    }

    #[derive(Debug)]
    struct Faulty;
    impl Augment for Faulty {
        fn apply(&self, _: &mut Picture<'_>, _: &mut Random) {
            panic!("a fault in the user's augmentation");
        }
    }

    #[test]
    #[should_panic(expected = "a scoped thread panicked")]
    fn a_panic_on_a_background_thread_reaches_the_caller() {
        run(
            &pictures()
                .augment(Pipeline::new().with(Faulty))
                .unwrap()
                .threads(2),
            &Pass::training(2, 0, 0),
        );
    }

    #[test]
    #[should_panic(expected = "a fault in the training loop")]
    fn a_panic_in_the_training_loop_ends_the_background_threads() {
        let pictures = pictures();
        let augmented = pictures.augment(pipeline()).unwrap().threads(2);
        let _ = augmented.pass(&Pass::training(2, 0, 0), &mut BatchPool::new(), &mut |_| {
            panic!("a fault in the training loop")
        });
    }

    #[test]
    fn masks_not_turned_targets_with_places_are_refused() {
        use crate::data::{ClassMaps, Values};
        let inputs = || Array4::from_shape_fn((64, 4, 4, 1), |(_, _, x, _)| f32::from(x < 2));
        let flip = || Pipeline::new().with(HorizontalFlip { probability: 1.0 });
        let maps = ClassMaps::new(Array2::from_shape_fn((64, 16), |(_, place)| {
            u32::from(place % 4 < 2)
        }));
        let set = Dataset::new(inputs(), maps).unwrap();
        for moving in [
            flip(),
            Pipeline::new().with(Shift::new(0.5, 0.0)),
            Pipeline::new().with(Rotate::new(9.0)),
        ] {
            let message = set.augment(moving).unwrap_err().to_string();
            assert!(
                message.ends_with("found 16 numbers for each picture, which have places on it"),
                "{message}"
            );
        }
        assert!(
            set.augment(Pipeline::new().with(Brightness::new(0.1)))
                .is_ok()
        );
        for numbers in [16, 32] {
            let values = Values::new(Array2::from_elem((64, numbers), 0.5));
            let set = Dataset::new(inputs(), (Classes(vec![0; 64]), values)).unwrap();
            let message = set.augment(flip()).unwrap_err().to_string();
            assert!(message.starts_with("targets of output 1: "), "{message}");
        }
        let whole = Dataset::new(inputs(), Classes(vec![3; 64]).one_hot(16)).unwrap();
        assert!(whole.augment(flip()).is_ok());
        let ages = Dataset::new(inputs(), Values::new(Array2::from_elem((64, 3), 2.0))).unwrap();
        assert!(ages.augment(flip()).is_ok());
    }

    #[test]
    fn only_pictures_can_be_augmented() {
        let table = Dataset::new(Array2::zeros((3, 2)), Classes(vec![0; 3])).unwrap();
        let message = table.augment(pipeline()).unwrap_err().to_string();
        assert_eq!(
            message,
            "input 0: expected shape [height, width, channels], found [2]"
        );
        assert!(pictures().augment_input(1, pipeline()).is_err());
    }
}

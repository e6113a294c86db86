//! A source whose pictures are augmented on background threads, so that training doesn't wait.

mod follow;
#[cfg(test)]
mod masks;
#[cfg(test)]
mod tests;

use self::follow::{Part, Scratch};
use super::augment::{Draw, Pipeline};
use super::prefetch::prefetch;
use super::{
    BatchBuffers, BatchPool, BatchSource, DataError, Dataset, Pass, Source, Targets, Visit,
};
use crate::engine::ColumnNames;

/// A data set whose pictures go through a [`Pipeline`] every time they are used for training.
///
/// Background threads prepare a few batches ahead, in buffers that are used again. What comes out depends on the seed,
/// the epoch and the number of the example alone, not on the number of threads. In an evaluation the pictures come as
/// they are. Made by [`Dataset::augment`].
#[derive(Clone, Debug)]
pub struct Augmented<'a, T> {
    dataset: &'a Dataset<T>,
    pipeline: Pipeline,
    parts: Vec<Part>,
    threads: usize,
    ahead: usize,
}

impl<T: Targets> Dataset<T> {
    /// This data set with its first input augmented: pictures `[height, width, channels]`.
    ///
    /// Where the pipeline moves what is on the pictures (flips, shifts, crops, rotations, zooms), targets with
    /// [`Places`](super::Places) move too: see [`augment`](super::augment).
    ///
    /// ```
    /// # use shapeflow_runtime as shapeflow;
    /// use ndarray::{Array3, Array4};
    /// use shapeflow::data::augment::{HorizontalFlip, Pipeline, Rotate};
    /// use shapeflow::data::{ClassMaps, Dataset};
    ///
    /// let masks = ClassMaps::from(Array3::zeros((100, 32, 32)));
    /// let pictures = Dataset::new(Array4::zeros((100, 32, 32, 3)), masks)?;
    /// let pipeline = Pipeline::new().with(HorizontalFlip::default()).with(Rotate::new(15.0));
    /// let source = pictures.augment(pipeline.outside_class(0))?; // the corners are ground
    /// # let _ = source;
    /// # Ok::<(), shapeflow_runtime::data::DataError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the first input doesn't hold pictures, or a setting of the pipeline makes no sense for them. If the pipeline moves
    /// what is on them, and it isn't known what targets are to the pictures, or they are of another size, or it isn't said what
    /// they are where nothing was, or another input has pictures of the same size
    /// ([`augment_inputs`](Self::augment_inputs) says which go together).
    pub fn augment(&self, pipeline: Pipeline) -> Result<Augmented<'_, T>, DataError> {
        let augmented = self.augment_input(0, pipeline)?;
        if augmented.pipeline.moves_places() {
            self.check_alone(0)?;
        }
        Ok(augmented)
    }

    /// This data set with one of its inputs augmented, and targets with places moved with it: pictures
    /// `[height, width, channels]`. Other inputs stay as they are.
    ///
    /// # Errors
    ///
    /// If there is no such input, if it doesn't hold pictures, and those of [`augment`](Self::augment) about targets.
    pub fn augment_input(
        &self,
        input: usize,
        pipeline: Pipeline,
    ) -> Result<Augmented<'_, T>, DataError> {
        self.augment_inputs(&[input], pipeline)
    }

    /// This data set with the first of these inputs augmented, and the others, which show the same scene, moved with it, such
    /// as depth with colours. Of those the values stay: brightness, contrast and cutout are for the first.
    ///
    /// # Errors
    ///
    /// If there are no such inputs, if one doesn't hold pictures or they differ in height or width, if a step doesn't say what
    /// it [`changes`](super::augment::Augment::changes), and those of [`augment`](Self::augment) about targets.
    pub fn augment_inputs(
        &self,
        inputs: &[usize],
        pipeline: Pipeline,
    ) -> Result<Augmented<'_, T>, DataError> {
        let parts = follow::parts(self, inputs, &pipeline)?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Augmented {
            dataset: self,
            pipeline,
            parts,
            threads: (cores / 4).clamp(1, 4),
            ahead: 4,
        })
    }

    /// Checks that no other input has pictures of the same size, which may have to be moved too.
    fn check_alone(&self, input: usize) -> Result<(), DataError> {
        let size = &self.shape(input)[..2];
        let same = |shape: &Vec<usize>| shape.len() == 3 && shape[..2] == *size;
        let others = self.shapes().iter().enumerate();
        match others
            .filter(|(other, _)| *other != input)
            .find(|(_, shape)| same(shape))
        {
            None => Ok(()),
            Some((other, shape)) => Err(DataError::argument(
                "pictures to augment",
                format!(
                    "to be told which go together, for the pipeline moves what is on them: `augment_inputs(&[{input}, {other}], ..)` \
                     moves both alike, `augment_input({input}, ..)` the one alone"
                ),
                format!("pictures of the same size in input {other}, {shape:?}"),
            )),
        }
    }
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
    fn fill(
        &self,
        indices: &[usize],
        pass: &Pass,
        batch: &mut BatchBuffers,
        scratch: &mut Scratch,
    ) {
        self.dataset.gather(indices, batch);
        let draw = |&index: &usize| Draw {
            seed: pass.seed,
            epoch: pass.epoch,
            index: index as u64,
        };
        for part in &self.parts {
            part.change(&self.pipeline, batch, scratch, indices.iter().map(draw));
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
        format!("{:?}, {:?}", self.parts, self.pipeline)
    }

    fn input_columns(&self, input: usize) -> Option<&ColumnNames> {
        self.dataset.inputs().get(input)?.columns()
    }

    fn target_columns(&self, output: usize) -> Option<&ColumnNames> {
        self.dataset.target_columns(output)
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
        let indices = |batch: usize| &order[pass.places(batch, order.len())];
        if threads == 0 {
            let mut scratch = Scratch::of(&self.parts);
            for batch in batches {
                self.fill(indices(batch), pass, &mut slots[0], &mut scratch);
                if visit(&slots[0]).is_break() {
                    break;
                }
            }
        } else {
            let worker = || {
                let mut scratch = Scratch::of(&self.parts);
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

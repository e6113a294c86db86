//! Several augmentations, one after the other.

use super::{Augment, Picture, within};
use crate::data::random::Purpose;
use crate::data::{DataError, Random};
use ndarray::{Array3, ArrayView3};
use std::sync::Arc;

/// Augmentations that a picture goes through in order, each always or with a probability.
#[derive(Clone, Debug, Default)]
pub struct Pipeline {
    steps: Vec<(f32, Arc<dyn Augment>)>,
}

impl Pipeline {
    /// A pipeline that changes nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a step that every picture goes through.
    pub fn with(self, augment: impl Augment + 'static) -> Self {
        self.sometimes(1.0, augment)
    }

    /// Adds a step that a picture goes through with this probability, 0 to 1.
    pub fn sometimes(mut self, probability: f32, augment: impl Augment + 'static) -> Self {
        self.steps.push((probability, Arc::new(augment)));
        self
    }

    /// Whether there are no steps.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Whether no step moves what is on a picture, so that targets with places still fit.
    pub fn keeps_places(&self) -> bool {
        let mut taken = self
            .steps
            .iter()
            .filter(|(probability, _)| *probability > 0.0);
        taken.all(|(_, augment)| augment.keeps_places())
    }

    /// Checks all settings against the `[height, width, channels]` of the pictures.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with a step.
    pub fn check(&self, shape: [usize; 3]) -> Result<(), DataError> {
        if shape.contains(&0) {
            return Err(DataError::argument(
                "shape of the pictures",
                "at least 1 × 1 × 1",
                format!("{shape:?}"),
            ));
        }
        for (probability, augment) in &self.steps {
            within("probability of a step", *probability, 0.0, 1.0)?;
            augment.check(shape)?;
        }
        Ok(())
    }

    /// A picture `(height, width, channels)` as it comes out in an epoch, to look at what the pipeline does.
    ///
    /// # Errors
    ///
    /// Those of [`check`](Self::check).
    ///
    /// ```
    /// use ndarray::array;
    /// use shapeflow_runtime::data::augment::{HorizontalFlip, Pipeline};
    ///
    /// let pipeline = Pipeline::new().with(HorizontalFlip { probability: 1.0 });
    /// let picture = array![[[1.0], [2.0]]];
    /// assert_eq!(pipeline.preview(picture.view(), 42, 0, 0)?, array![[[2.0], [1.0]]]);
    /// # Ok::<(), shapeflow_runtime::data::DataError>(())
    /// ```
    pub fn preview(
        &self,
        picture: ArrayView3<'_, f32>,
        seed: u64,
        epoch: u64,
        index: u64,
    ) -> Result<Array3<f32>, DataError> {
        let shape: [usize; 3] = picture.dim().into();
        self.check(shape)?;
        let mut pixels: Vec<f32> = picture.iter().copied().collect();
        let mut scratch = vec![0.0; pixels.len()];
        self.run(shape, &mut pixels, &mut scratch, seed, epoch, index);
        Array3::from_shape_vec(picture.dim(), pixels)
            .map_err(|error| DataError::argument("picture", format!("shape {shape:?}"), error))
    }

    /// Changes the picture in `pixels`; the settings have been checked.
    pub(crate) fn run(
        &self,
        shape: [usize; 3],
        pixels: &mut [f32],
        scratch: &mut [f32],
        seed: u64,
        epoch: u64,
        index: u64,
    ) {
        let mut random = Random::new(seed, Purpose::Augment, epoch, index);
        let mut picture = Picture::new(shape, pixels, scratch);
        for (probability, augment) in &self.steps {
            if random.chance(*probability) {
                augment.apply(&mut picture, &mut random);
            }
        }
        picture.finish();
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Border, Brightness, Rotate, Shift};
    use super::*;
    use ndarray::Array;

    fn picture() -> Array3<f32> {
        Array::from_shape_fn((6, 6, 2), |(y, x, c)| (12 * y + 2 * x + c) as f32)
    }

    #[test]
    fn seed_epoch_and_index_decide_what_comes_out() {
        let pipeline = Pipeline::new()
            .with(Rotate::new(30.0))
            .with(Shift::new(0.3, 0.3).border(Border::Reflect));
        let out = |seed, epoch, index| {
            pipeline
                .preview(picture().view(), seed, epoch, index)
                .unwrap()
        };
        assert_eq!(out(1, 2, 3), out(1, 2, 3));
        for other in [out(0, 2, 3), out(1, 0, 3), out(1, 2, 0)] {
            assert_ne!(out(1, 2, 3), other);
        }
    }

    #[test]
    fn a_step_is_taken_as_often_as_its_probability() {
        let pipeline = Pipeline::new().sometimes(0.25, Brightness::new(1.0));
        let changed = (0..1000)
            .filter(|&index| pipeline.preview(picture().view(), 0, 0, index).unwrap() != picture())
            .count();
        assert!((200..300).contains(&changed), "{changed} of 1000");
    }

    #[test]
    fn settings_are_checked() {
        assert!(
            Pipeline::new()
                .sometimes(-0.1, Brightness::new(1.0))
                .check([2, 2, 1])
                .is_err()
        );
        assert!(
            Pipeline::new()
                .with(Brightness::new(-1.0))
                .check([2, 2, 1])
                .is_err()
        );
        assert!(Pipeline::new().check([0, 2, 1]).is_err());
        assert!(Pipeline::new().check([2, 2, 1]).is_ok());
    }
}

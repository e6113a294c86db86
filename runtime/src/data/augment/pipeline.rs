//! Several augmentations, one after the other.

use super::{Augment, Border, Changes, Picture, within};
use crate::data::{DataError, Random};
use ndarray::{Array3, ArrayView3};
use std::sync::Arc;

/// Augmentations that a picture goes through in order, each always or with a probability.
#[derive(Clone, Debug, Default)]
pub struct Pipeline {
    steps: Vec<(f32, Arc<dyn Augment>)>,
    outside_class: Option<u32>,
    outside_value: Option<f32>,
}

/// What the random numbers of a picture are drawn by.
#[derive(Clone, Copy, Debug)]
pub(in crate::data) struct Draw {
    pub(in crate::data) seed: u64,
    pub(in crate::data) epoch: u64,
    /// The number of the example.
    pub(in crate::data) index: u64,
}

/// The largest class number that is its own `f32`, and all below it.
const LARGEST_CLASS: u32 = 1 << 24;

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

    /// The class that class maps have beyond the edge of a picture, where the [`Border`] of a step is a constant: the
    /// ground, or a class that weighs 0 in the loss.
    pub fn outside_class(mut self, class: u32) -> Self {
        self.outside_class = Some(class);
        self
    }

    /// The value that targets with values at pixels have beyond the edge of a picture, where the [`Border`] of a step is a
    /// constant.
    pub fn outside_value(mut self, value: f32) -> Self {
        self.outside_value = Some(value);
        self
    }

    /// Whether a step may move what is on a picture, so that targets with places would no longer fit.
    pub fn moves_places(&self) -> bool {
        self.taken()
            .any(|augment| augment.changes() != Changes::Values)
    }

    /// The steps that are ever taken.
    fn taken(&self) -> impl Iterator<Item = &dyn Augment> {
        let taken = self
            .steps
            .iter()
            .filter(|(probability, _)| *probability > 0.0);
        taken.map(|(_, augment)| &**augment)
    }

    /// Whether a constant comes in from beyond the edge.
    fn brings_constant(&self) -> bool {
        let constant = |changes| matches!(changes, Changes::Places(Some(Border::Constant(_))));
        self.taken().any(|augment| constant(augment.changes()))
    }

    /// Checks that every step says whether it moves what is on a picture, so that something else can go with it.
    pub(in crate::data) fn check_known(&self, what: &str) -> Result<(), DataError> {
        match self
            .taken()
            .find(|augment| augment.changes() == Changes::Unknown)
        {
            None => Ok(()),
            Some(step) => Err(DataError::argument(
                what,
                "steps that say what they do (`Augment::changes`), for it goes with the picture",
                format!("{step:?}, which doesn't"),
            )),
        }
    }

    /// Checks that class maps can go with the pictures; `largest` is their largest class.
    pub(in crate::data) fn check_classes(&self, what: &str, largest: u32) -> Result<(), DataError> {
        let largest = largest.max(self.outside_class.unwrap_or(0));
        if largest > LARGEST_CLASS {
            let expected = format!("class numbers of at most {LARGEST_CLASS}");
            return Err(DataError::argument(what, expected, largest));
        }
        self.check_outside(what, "class", self.outside_class.is_some())
    }

    /// Checks that values at pixels can go with the pictures.
    pub(in crate::data) fn check_values(&self, what: &str) -> Result<(), DataError> {
        self.check_outside(what, "value", self.outside_value.is_some())
    }

    fn check_outside(&self, what: &str, kind: &str, given: bool) -> Result<(), DataError> {
        if given || !self.brings_constant() {
            return Ok(());
        }
        Err(DataError::argument(
            what,
            format!(
                "a {kind} for what comes in from outside the picture (`Pipeline::outside_{kind}`), or steps with \
                 `Border::Nearest` or `Border::Reflect`"
            ),
            "a border that is a constant, and none said",
        ))
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
        if let Some(value) = self.outside_value {
            within("value outside the pictures", value, f32::MIN, f32::MAX)?;
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
    /// # use shapeflow_runtime as shapeflow;
    /// use ndarray::array;
    /// use shapeflow::data::augment::{HorizontalFlip, Pipeline};
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
        let draw = Draw { seed, epoch, index };
        self.run(Picture::new(shape, &mut pixels, &mut scratch), draw);
        Array3::from_shape_vec(picture.dim(), pixels)
            .map_err(|error| DataError::argument("picture", format!("shape {shape:?}"), error))
    }

    /// Changes a picture; the settings have been checked.
    pub(in crate::data) fn run(&self, picture: Picture<'_>, draw: Draw) {
        self.take(picture, draw, |_| true);
    }

    /// Moves another picture of the same scene as [`run`](Self::run) moves the first, and leaves its values alone.
    pub(in crate::data) fn follow(&self, picture: Picture<'_>, draw: Draw) {
        self.take(picture, draw, |changes| {
            matches!(changes, Changes::Places(_))
        });
    }

    /// Moves a map of classes.
    pub(in crate::data) fn follow_classes(&self, picture: Picture<'_>, draw: Draw) {
        // Without a class for it nothing comes in; a step that lies gives a class that no model has.
        let outside = self
            .outside_class
            .map_or(f32::INFINITY, |class| class as f32);
        self.follow(picture.of_classes().with_outside(Some(outside)), draw);
    }

    /// Moves a map of values.
    pub(in crate::data) fn follow_values(&self, picture: Picture<'_>, draw: Draw) {
        self.follow(picture.with_outside(self.outside_value), draw);
    }

    /// Takes those steps that are asked for. Each has its own random numbers, whether or not the others are taken.
    fn take(&self, mut picture: Picture<'_>, draw: Draw, wanted: impl Fn(Changes) -> bool) {
        for (number, (probability, augment)) in self.steps.iter().enumerate() {
            let mut random = Random::of_step(draw.seed, draw.epoch, draw.index, number);
            if wanted(augment.changes()) && random.chance(*probability) {
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

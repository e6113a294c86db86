//! Augmentation: pictures that change a little every time they are seen.
//!
//! ```
//! # use shapeflow_runtime as shapeflow;
//! use ndarray::Array4;
//! use shapeflow::data::augment::{HorizontalFlip, Pipeline, RandomCrop, Rotate};
//! use shapeflow::data::{Classes, Dataset};
//!
//! let pictures = Dataset::new(Array4::zeros((100, 32, 32, 3)), Classes(vec![0; 100]))?;
//! let pipeline = Pipeline::new()
//!     .with(HorizontalFlip::default())
//!     .with(RandomCrop::new(4))
//!     .sometimes(0.3, Rotate::new(15.0));
//! let source = pictures.augment(pipeline)?; // what training takes in place of `pictures`
//! # let _ = source;
//! # Ok::<(), shapeflow_runtime::data::DataError>(())
//! ```
//!
//! Targets go with their picture. What moves it (flips, shifts, crops, rotations, zooms) moves class maps and pictures to
//! draw by the same draw: class maps to the nearest pixel, so that no classes mix, values as the picture, between pixels. What
//! changes values alone (brightness, contrast, cutout) leaves them as they are. What comes in from outside, where the
//! [`Border`] is a constant, is the [`outside_class`](Pipeline::outside_class) or the
//! [`outside_value`](Pipeline::outside_value), which must be set. Targets that hold for the whole picture stay; targets that may
//! be either, such as coordinates, are refused until [`targets_as`](super::Dataset::targets_as) says what they are.
//!
//! Picture `i` in epoch `e` of a training with seed `s` always comes out the same: its random numbers depend on
//! `(s, e, i)` and the place of the step in the pipeline alone, not on the batch it is in or the thread that prepares it.

mod border;
mod brightness;
mod changes;
mod contrast;
mod crop;
mod cutout;
mod flip;
mod picture;
mod pipeline;
mod rotate;
mod shift;
mod zoom;

pub use border::Border;
pub use brightness::Brightness;
pub use changes::Changes;
pub use contrast::Contrast;
pub use crop::RandomCrop;
pub use cutout::Cutout;
pub use flip::{HorizontalFlip, VerticalFlip};
pub use picture::Picture;
pub(super) use pipeline::Draw;
pub use pipeline::Pipeline;
pub use rotate::Rotate;
pub use shift::Shift;
pub use zoom::Zoom;

use super::{DataError, Random};
use std::fmt::Debug;

/// One way to change a picture at random. Implement it for your own.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::data::Random;
/// use shapeflow::data::augment::{Augment, Changes, Picture, Pipeline};
///
/// /// Turns every tenth picture into its negative.
/// #[derive(Debug)]
/// struct Negative;
///
/// impl Augment for Negative {
///     fn apply(&self, picture: &mut Picture<'_>, random: &mut Random) {
///         if random.chance(0.1) {
///             picture.pixels_mut().iter_mut().for_each(|value| *value = 1.0 - *value);
///         }
///     }
///
///     fn changes(&self) -> Changes {
///         Changes::Values
///     }
/// }
///
/// let pipeline = Pipeline::new().with(Negative);
/// # let _ = pipeline;
/// ```
pub trait Augment: Debug + Send + Sync {
    /// Checks the settings against the `[height, width, channels]` of the pictures, before training begins.
    ///
    /// # Errors
    ///
    /// If a setting makes no sense, or none for such pictures.
    fn check(&self, shape: [usize; 3]) -> Result<(), DataError> {
        let _ = shape;
        Ok(())
    }

    /// Changes a picture. All chance comes from `random`.
    fn apply(&self, picture: &mut Picture<'_>, random: &mut Random);

    /// What it does to a picture, by which targets with places (a class for each pixel, a picture to draw) know whether to go
    /// with it. As long as this isn't said, such targets are refused.
    fn changes(&self) -> Changes {
        Changes::Unknown
    }
}

/// Checks that a setting is finite and in `low ..= high`.
fn within(what: &str, value: f32, low: f32, high: f32) -> Result<(), DataError> {
    if (low..=high).contains(&value) && value.is_finite() {
        return Ok(());
    }
    let expected = if high == f32::INFINITY {
        format!("a finite number, {low} or more")
    } else {
        format!("a number from {low} to {high}")
    };
    Err(DataError::argument(what, expected, value))
}

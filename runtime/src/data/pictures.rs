//! What a data set of pictures is handed over as, and how its pixels are scaled.

use super::{Classes, Dataset};
use serde::{Deserialize, Serialize};

/// A data set of pictures that comes in two parts, as MNIST and CIFAR do.
#[derive(Clone, Debug)]
pub struct Pictures {
    /// The pictures to train on, `(examples, height, width, channels)`.
    pub train: Dataset<Classes>,
    /// The pictures to test on.
    pub test: Dataset<Classes>,
    /// The name of each class, in the order of the class numbers.
    pub classes: Vec<String>,
}

/// What becomes of the levels of a picture: 0 to 255, or 0 to 65535 where it has 16 bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pixels {
    /// Numbers from 0 to 1, the level divided by the largest: what a network learns well from.
    #[default]
    Unit,
    /// Numbers from 0 to 255: bytes as they are, 16 bits divided by 257.
    Raw,
}

impl Pixels {
    /// The number that a byte becomes.
    pub fn scale(self, byte: u8) -> f32 {
        match self {
            Self::Unit => f32::from(byte) / 255.0,
            Self::Raw => f32::from(byte),
        }
    }

    /// The number that a level becomes, where white is 255 or 65535.
    #[cfg(feature = "images")]
    pub(super) fn scale_sample(self, sample: u16, white: u16) -> f32 {
        match (self, white) {
            (Self::Unit, _) => f32::from(sample) / f32::from(white),
            (Self::Raw, 255) => f32::from(sample),
            (Self::Raw, _) => f32::from(sample) / 257.0,
        }
    }
}

pub(crate) fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

//! What a data set of pictures is handed over as, and how its pixels are scaled.

use super::{Classes, Dataset};

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

/// What becomes of the bytes 0 to 255 of a picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pixels {
    /// Numbers from 0 to 1: what a network learns well from.
    #[default]
    Unit,
    /// Numbers from 0 to 255, as they are.
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
}

pub(crate) fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

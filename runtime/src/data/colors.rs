//! Which channels of pictures are read.

use serde::{Deserialize, Serialize};

/// The channels of the pictures read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Colors {
    /// One channel: grey levels.
    Gray,
    /// Three channels: red, green, blue. What is transparent loses its transparency.
    #[default]
    Rgb,
}

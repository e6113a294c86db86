//! Weights in files: safetensors, compared with the model before anything changes.
//!
//! A file is written beside its destination, synced and then renamed, so a crash leaves either the old file or the new one.

pub(crate) mod atomic;
mod differences;
mod error;
mod file;
mod nearest;
pub(crate) mod network;
mod stored;

pub use differences::{Difference, Differences};
pub use error::WeightsError;
pub use file::{Metadata, NamedTensor, WeightsFile, write};
pub(crate) use nearest::nearest;
pub use network::{PartialLoad, load, load_partial, save};
pub use stored::StoredTensor;

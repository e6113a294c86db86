//! Weights in files: safetensors, compared with the model before anything changes.
//!
//! A file is written beside its destination, synced and then renamed, so a crash leaves either the old file or the new one. It holds
//! the tensors, what the model computes with them, and what belongs to them ([`Extras`]): names of classes, normalisers. [`load`]
//! takes a file only where all of that fits; [`load_from`] takes those of PyTorch, and [`load_partial`] what fits.

mod architecture;
pub(crate) mod atomic;
mod by_name;
mod differences;
mod error;
mod excerpt;
mod extras;
mod file;
mod foreign;
mod header;
mod layout;
mod metadata;
mod nearest;
pub(crate) mod network;
mod part;
mod partial;
mod pytorch;
mod source;
mod stored;
pub(crate) mod whole;
mod written;

pub use by_name::UnknownTensor;
pub(crate) use by_name::{listed, tensor, tensor_mut};
pub use differences::{Difference, Differences};
pub use error::WeightsError;
pub(crate) use excerpt::{excerpt, excerpt_beside, sentence};
pub use extras::Extras;
pub use file::WeightsFile;
pub use layout::Layout;
pub use metadata::Metadata;
pub(crate) use nearest::nearest;
pub use network::{load, load_from, load_with, read_extras, save, save_with, to_bytes};
pub use partial::{PartialLoad, load_partial, load_partial_from};
pub use stored::StoredTensor;
pub use written::{NamedTensor, write};

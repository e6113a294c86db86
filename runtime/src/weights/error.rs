//! What can go wrong between a model and a file of weights.

use super::Differences;
use std::io;
use std::path::PathBuf;

/// An error while weights were saved or loaded. The model is unchanged.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum WeightsError {
    /// The file can't be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file can't be written; what stood there before is still there.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is no safetensors file, or is cut off, or contradicts itself.
    #[error("{} is damaged or no safetensors file ({bytes} bytes): {reason}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Its length.
        bytes: usize,
        /// What the format expects and what was found.
        reason: String,
    },
    /// A tensor has a number format that doesn't hold real numbers.
    #[error("{}: tensor `{tensor}` holds {found}, expected F32, F64, F16 or BF16", path.display())]
    NumberFormat {
        /// The file.
        path: PathBuf,
        /// The tensor's name.
        tensor: String,
        /// Its format, as safetensors names it.
        found: String,
    },
    /// Names or shapes don't fit the model.
    #[error(
        "{} doesn't fit the model `{model}`{}, {} of its tensors differ:\n{differences}",
        path.display(), written_by.as_ref().map(|name| format!(" (it was written by `{name}`)")).unwrap_or_default(), differences.len()
    )]
    Mismatch {
        /// The file.
        path: PathBuf,
        /// The model's name.
        model: String,
        /// The name of the model that wrote the file, if it is known and another one.
        written_by: Option<String>,
        /// All that differs.
        differences: Differences,
    },
    /// No tensor of the file has a name that the model knows.
    #[error("{} has no tensor that fits the model `{model}`, the first differences:\n{differences}", path.display())]
    NothingFits {
        /// The file.
        path: PathBuf,
        /// The model's name.
        model: String,
        /// All that differs.
        differences: Differences,
    },
    /// The file was written by a later version of Shapeflow.
    #[error("{} has format version {found}, this version of Shapeflow reads up to {supported}", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// The file's version.
        found: u32,
        /// The newest version that can be read.
        supported: u32,
    },
    /// Two tensors to be written have the same name, or a shape contradicts the number of values.
    #[error("cannot write {}: tensor `{tensor}` {reason}", path.display())]
    Tensor {
        /// The file.
        path: PathBuf,
        /// The tensor's name.
        tensor: String,
        /// What is wrong with it.
        reason: String,
    },
}

crate::debug_as_display::debug_as_display!(WeightsError);

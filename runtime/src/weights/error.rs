//! What can go wrong between a model and a file of weights.

use super::{Differences, excerpt};
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
    /// The file is of another format, known by its first bytes.
    #[error("{} is {format}, expected a safetensors file: {help}", path.display())]
    OtherFormat {
        /// The file.
        path: PathBuf,
        /// What it is.
        format: &'static str,
        /// How to go on.
        help: &'static str,
    },
    /// A tensor has a number format that doesn't hold real numbers.
    #[error("{}: tensor `{}` holds {found}, expected F32, F64, F16 or BF16", path.display(), excerpt(tensor))]
    NumberFormat {
        /// The file.
        path: PathBuf,
        /// The tensor's name.
        tensor: String,
        /// Its format, as safetensors names it.
        found: String,
    },
    /// A tensor was asked for that the file doesn't have.
    #[error("{} has no tensor `{}`{hint}", path.display(), excerpt(tensor))]
    UnknownTensor {
        /// The file.
        path: PathBuf,
        /// The name that was asked for.
        tensor: String,
        /// The name most like it.
        nearest: Option<String>,
        /// What it may have been, for the message.
        hint: String,
    },
    /// Names or shapes don't fit the model.
    #[error(
        "{} doesn't fit the model `{model}`{}, {} of its tensors differ:\n{differences}",
        path.display(), written_by.as_ref().map(|name| format!(" (it was written by `{}`)", excerpt(name))).unwrap_or_default(), differences.len()
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
    /// The file has no mark of Shapeflow's, so nothing says how its tensors are laid out.
    #[error(
        "{} wasn't written by Shapeflow, and how its tensors are laid out can't be seen from it: a weight that Shapeflow has as \
         [in, out] PyTorch has as [out, in], and a square one fits either way; load it with `load_from(.., Layout::PyTorch)`, or with \
         `Layout::Shapeflow` if its tensors lie as those of the model `{model}`",
        path.display()
    )]
    UnknownLayout {
        /// The file.
        path: PathBuf,
        /// The model's name.
        model: String,
    },
    /// The file can't be taken in the layout that was given.
    #[error("{} can't be taken as a file of PyTorch's for the model `{model}`: {reason}", path.display())]
    Layout {
        /// The file.
        path: PathBuf,
        /// The model's name.
        model: String,
        /// Why, and what to do.
        reason: String,
    },
    /// Names and shapes fit, but the tensors are those of a network that computes something else with them.
    #[error(
        "{} fits the model `{model}` by names and shapes, but it was written by a network that isn't the same:{differences}\n(to let \
         names and shapes alone decide, load it with `load_from(.., Layout::Shapeflow)`)",
        path.display()
    )]
    Architecture {
        /// The file.
        path: PathBuf,
        /// The model's name.
        model: String,
        /// The lines in which the networks differ.
        differences: String,
    },
    /// A number that no trained model has: NaN, infinite, or a negative variance.
    #[error("{}: tensor `{}` at {index:?}: expected {expected}, found {found:?}", path.display(), excerpt(tensor))]
    Value {
        /// The file.
        path: PathBuf,
        /// The tensor's name.
        tensor: String,
        /// The place in each of the tensor's axes, counted from 0.
        index: Vec<usize>,
        /// What stands there.
        found: f64,
        /// What may stand there.
        expected: &'static str,
    },
    /// Something that was saved beside the weights isn't there, or is of another kind.
    #[error("{}extras: {reason}", path.as_ref().map(|path| format!("{}, ", path.display())).unwrap_or_default())]
    Extra {
        /// The file, if they come from one.
        path: Option<PathBuf>,
        /// What was expected and what was found.
        reason: String,
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
    /// Two tensors to be written have the same name, a shape contradicts the number of values, or a value isn't finite.
    #[error("cannot write {}: tensor `{}` {reason}", path.display(), excerpt(tensor))]
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

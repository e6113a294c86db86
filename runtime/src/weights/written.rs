//! Tensors to a safetensors file, or to its bytes.

use super::atomic::write_atomically;
use super::metadata::KEY;
use super::{Metadata, WeightsError};
use safetensors::tensor::{Dtype, View};
use std::borrow::Cow;
use std::collections::HashSet;
use std::path::Path;

/// A tensor to be written: a name, a shape and its values, row-major.
#[derive(Clone, Copy, Debug)]
pub struct NamedTensor<'a> {
    /// The name, `conv2d1.weight`.
    pub name: &'a str,
    /// The shape; its product is the number of values.
    pub shape: &'a [usize],
    /// The values, row-major.
    pub values: &'a [f32],
}

impl View for NamedTensor<'_> {
    fn dtype(&self) -> Dtype {
        Dtype::F32
    }
    fn shape(&self) -> &[usize] {
        self.shape
    }
    fn data(&self) -> Cow<'_, [u8]> {
        self.values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect::<Vec<u8>>()
            .into()
    }
    fn data_len(&self) -> usize {
        size_of_val(self.values)
    }
}

/// Writes tensors to a safetensors file: to a temporary file beside it first, then renamed.
///
/// The same tensors and metadata give the same bytes. Folders that don't exist are made, a file that is replaced keeps its
/// permissions, and what processes left beside it that were killed as they wrote is removed.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::weights::{Metadata, NamedTensor, WeightsFile, write};
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("weights.safetensors");
/// let weight = NamedTensor { name: "dense1.weight", shape: &[2, 1], values: &[0.5, -1.0] };
/// write(&path, &[weight], &Metadata::new("Line"))?;
/// assert_eq!(WeightsFile::open(&path)?.tensor("dense1.weight").unwrap().shape(), [2, 1]);
/// # Ok::<(), shapeflow_runtime::weights::WeightsError>(())
/// ```
///
/// # Errors
/// [`WeightsError::Write`] if the disk refuses, [`WeightsError::Tensor`] if a name comes twice or a shape contradicts
/// the number of values. What stood at `path` before is then still there.
pub fn write(
    path: impl AsRef<Path>,
    tensors: &[NamedTensor<'_>],
    metadata: &Metadata,
) -> Result<(), WeightsError> {
    let path = path.as_ref();
    let bytes = serialize(path, tensors, metadata)?;
    write_atomically(path, |out| out.write_all(&bytes)).map_err(|source| WeightsError::Write {
        path: path.into(),
        source,
    })
}

/// The bytes of a file; `path` is named in errors.
pub(super) fn serialize(
    path: &Path,
    tensors: &[NamedTensor<'_>],
    metadata: &Metadata,
) -> Result<Vec<u8>, WeightsError> {
    let mut seen = HashSet::new();
    for tensor in tensors {
        let wrong = |reason: String| WeightsError::Tensor {
            path: path.into(),
            tensor: tensor.name.into(),
            reason,
        };
        if !seen.insert(tensor.name) {
            return Err(wrong("is given twice".into()));
        }
        let mut axes = tensor.shape.iter();
        let size = axes.try_fold(1_usize, |size, &axis| size.checked_mul(axis));
        if size != Some(tensor.values.len()) {
            return Err(wrong(format!(
                "has shape {:?} but {} values",
                tensor.shape,
                tensor.values.len()
            )));
        }
    }
    let failed = |source| WeightsError::Write {
        path: path.into(),
        source,
    };
    let json = serde_json::to_string(metadata).map_err(|error| failed(error.into()))?;
    // A map of std's or of hashbrown's, by the features of safetensors.
    let header = [(KEY.to_string(), json)].into_iter().collect();
    let list = tensors.iter().map(|tensor| (tensor.name, *tensor));
    safetensors::serialize(list, Some(header)).map_err(|error| failed(std::io::Error::other(error)))
}

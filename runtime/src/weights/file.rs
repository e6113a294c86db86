//! A safetensors file as a list of named tensors.
//!
//! Format: <https://github.com/huggingface/safetensors>. Tensors are little-endian `f32`; the header's metadata has the
//! one key `shapeflow` with a JSON object, so that the same weights give the same bytes.

use super::atomic::write_atomically;
use super::{StoredTensor, WeightsError};
use safetensors::tensor::{Dtype, SafeTensorError, SafeTensors, View};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The newest file layout that this version writes and reads.
pub(crate) const FORMAT_VERSION: u32 = 1;
/// The metadata key under which Shapeflow keeps its JSON object.
const KEY: &str = "shapeflow";

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

/// What Shapeflow writes in a file's header beside the tensors.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Metadata {
    /// The layout of the file.
    pub version: u32,
    /// The name of the model that wrote it.
    pub model: String,
    /// Anything else, by name. Training checkpoints keep their progress here.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub entries: BTreeMap<String, serde_json::Value>,
}

impl Metadata {
    /// The metadata of a file with the weights of `model`.
    pub fn new(model: impl Into<String>) -> Self {
        Self {
            version: FORMAT_VERSION,
            model: model.into(),
            entries: BTreeMap::new(),
        }
    }
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
/// The same tensors and metadata give the same bytes. Folders that don't exist are made.
///
/// ```
/// use shapeflow_runtime::weights::{Metadata, NamedTensor, WeightsFile, write};
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
        if tensor.shape.iter().product::<usize>() != tensor.values.len() {
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
    let bytes = safetensors::serialize(list, Some(header))
        .map_err(|error| failed(std::io::Error::other(error)))?;
    write_atomically(path, |out| out.write_all(&bytes)).map_err(failed)
}

/// A safetensors file in memory, checked when it was opened.
#[derive(Debug)]
pub struct WeightsFile {
    path: PathBuf,
    metadata: Option<Metadata>,
    tensors: BTreeMap<String, StoredTensor>,
}

impl WeightsFile {
    /// Reads a whole file and checks its header.
    ///
    /// # Errors
    /// [`WeightsError::Read`], [`WeightsError::Damaged`] for a file that is cut off, corrupt or something else, and
    /// [`WeightsError::Version`] for a file of a later Shapeflow.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, WeightsError> {
        let path = path.as_ref();
        let bytes = fs::read(path).map_err(|source| WeightsError::Read {
            path: path.into(),
            source,
        })?;
        let damaged = |reason: String| WeightsError::Damaged {
            path: path.into(),
            bytes: bytes.len(),
            reason,
        };
        let parsed =
            SafeTensors::deserialize(&bytes).map_err(|error| damaged(explain(&error, &bytes)))?;
        let (_, header) =
            SafeTensors::read_metadata(&bytes).map_err(|error| damaged(explain(&error, &bytes)))?;
        let metadata = match header.metadata().as_ref().and_then(|map| map.get(KEY)) {
            Some(json) => {
                let version: Version = serde_json::from_str(json)
                    .map_err(|e| damaged(format!("its metadata: {e}")))?;
                if version.version > FORMAT_VERSION {
                    return Err(WeightsError::Version {
                        path: path.into(),
                        found: version.version,
                        supported: FORMAT_VERSION,
                    });
                }
                Some(
                    serde_json::from_str(json)
                        .map_err(|error| damaged(format!("its metadata: {error}")))?,
                )
            }
            None => None,
        };
        let tensors = parsed
            .iter()
            .map(|(name, view)| {
                let tensor = StoredTensor {
                    shape: view.shape().into(),
                    format: view.dtype(),
                    bytes: view.data().into(),
                };
                (name.to_string(), tensor)
            })
            .collect();
        Ok(Self {
            path: path.into(),
            metadata,
            tensors,
        })
    }

    /// Where the file was read from.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What Shapeflow wrote in the header; `None` for files of other programs.
    pub fn metadata(&self) -> Option<&Metadata> {
        self.metadata.as_ref()
    }

    /// All tensors with their names, sorted by name.
    pub fn tensors(&self) -> impl Iterator<Item = (&str, &StoredTensor)> {
        self.tensors
            .iter()
            .map(|(name, tensor)| (name.as_str(), tensor))
    }

    /// The tensor of that name.
    pub fn tensor(&self, name: &str) -> Option<&StoredTensor> {
        self.tensors.get(name)
    }

    /// The values of a tensor that is known to be in the file.
    pub(crate) fn values(
        &self,
        name: &str,
        tensor: &StoredTensor,
    ) -> Result<Vec<f32>, WeightsError> {
        tensor.values().ok_or_else(|| WeightsError::NumberFormat {
            path: self.path.clone(),
            tensor: name.into(),
            found: format!("{:?}", tensor.format),
        })
    }
}

/// The part of the metadata that every version has.
#[derive(Deserialize)]
struct Version {
    version: u32,
}

/// The reason in words that say what was expected and what was found.
fn explain(error: &SafeTensorError, bytes: &[u8]) -> String {
    let announced = bytes
        .first_chunk::<8>()
        .map(|head| u64::from_le_bytes(*head));
    match (error, announced) {
        (SafeTensorError::HeaderTooSmall, _) => "expected at least the 8 bytes that give the header's length".into(),
        (SafeTensorError::InvalidHeaderLength, Some(length)) => {
            format!("its first 8 bytes announce a header of {length} bytes, the file ends before that")
        }
        (SafeTensorError::HeaderTooLarge, Some(length)) => {
            format!("its first 8 bytes announce a header of {length} bytes, more than the format allows")
        }
        (SafeTensorError::MetadataIncompleteBuffer, _) => {
            "the header's tensors need more or fewer bytes than the file has; it was probably cut off".into()
        }
        (error, _) => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(path: &Path) {
        let tensors = [
            NamedTensor {
                name: "dense1.weight",
                shape: &[2, 3],
                values: &[1.0, 2.0, -3.5, f32::MIN_POSITIVE, -0.0, 6.0],
            },
            NamedTensor {
                name: "dense1.bias",
                shape: &[3],
                values: &[0.1, 0.2, 0.3],
            },
        ];
        let mut metadata = Metadata::new("Two");
        metadata.entries.insert("note".into(), "kept".into());
        write(path, &tensors, &metadata).unwrap();
    }

    #[test]
    fn what_is_written_is_read_bit_for_bit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w.safetensors");
        sample(&path);
        let file = WeightsFile::open(&path).unwrap();
        assert_eq!(file.metadata().unwrap().model, "Two");
        assert_eq!(file.metadata().unwrap().entries["note"], "kept");
        let weight = file.tensor("dense1.weight").unwrap();
        assert_eq!(weight.shape(), [2, 3]);
        let bits: Vec<u32> = weight
            .values()
            .unwrap()
            .iter()
            .map(|v| v.to_bits())
            .collect();
        assert_eq!(
            bits,
            [1.0, 2.0, -3.5, f32::MIN_POSITIVE, -0.0, 6.0].map(f32::to_bits)
        );
    }

    #[test]
    fn the_same_tensors_give_the_same_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let paths = [folder.path().join("a"), folder.path().join("b")];
        paths.iter().for_each(|path| sample(path));
        assert_eq!(fs::read(&paths[0]).unwrap(), fs::read(&paths[1]).unwrap());
    }

    #[test]
    fn every_truncation_is_an_error_that_names_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cut.safetensors");
        sample(&path);
        let whole = fs::read(&path).unwrap();
        for length in 0..whole.len() {
            fs::write(&path, &whole[..length]).unwrap();
            let error = WeightsFile::open(&path).unwrap_err();
            assert!(
                matches!(error, WeightsError::Damaged { .. }),
                "{length} bytes: {error}"
            );
            assert!(error.to_string().contains("cut.safetensors"));
        }
        let mut longer = whole.clone();
        longer.push(0);
        fs::write(&path, &longer).unwrap();
        assert!(matches!(
            WeightsFile::open(&path),
            Err(WeightsError::Damaged { .. })
        ));
    }

    #[test]
    fn a_damaged_header_never_panics() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("flipped.safetensors");
        sample(&path);
        let whole = fs::read(&path).unwrap();
        for at in 0..whole.len() {
            let mut broken = whole.clone();
            broken[at] ^= 0x15;
            fs::write(&path, &broken).unwrap();
            // Some changes only rename a tensor or change a value: those still open.
            if let Err(error) = WeightsFile::open(&path) {
                assert!(error.to_string().contains("flipped.safetensors"));
            }
        }
    }

    #[test]
    fn a_later_version_is_refused_by_number() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("later.safetensors");
        let metadata = Metadata {
            version: 9,
            ..Metadata::new("Two")
        };
        write(&path, &[], &metadata).unwrap();
        let error = WeightsFile::open(&path).unwrap_err();
        assert!(error.to_string().contains("format version 9"), "{error}");
    }

    #[test]
    fn doubled_names_and_wrong_shapes_are_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("none");
        let tensor = NamedTensor {
            name: "a",
            shape: &[1],
            values: &[1.0],
        };
        let twice = write(&path, &[tensor, tensor], &Metadata::new("M")).unwrap_err();
        assert!(twice.to_string().contains("given twice"));
        let wrong = NamedTensor {
            name: "a",
            shape: &[2],
            values: &[1.0],
        };
        let shape = write(&path, &[wrong], &Metadata::new("M")).unwrap_err();
        assert!(
            shape.to_string().contains("shape [2] but 1 values"),
            "{shape}"
        );
        assert!(!path.exists());
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = WeightsFile::open("no/such/file.safetensors").unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("cannot read no/such/file.safetensors"),
            "{error}"
        );
    }
}

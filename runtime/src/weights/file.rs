//! A safetensors file as a list of named tensors.
//!
//! Format: <https://github.com/huggingface/safetensors>. Tensors are little-endian `f32`; the header's metadata has the
//! one key `shapeflow` with a JSON object, so that the same weights give the same bytes.

use super::by_name::listed;
use super::foreign::recognise;
use super::header::explain;
use super::metadata::{FORMAT_VERSION, KEY, Unreadable};
use super::{
    Extras, Metadata, StoredTensor, WeightsError, excerpt, excerpt_beside, nearest, sentence, whole,
};
use crate::json::doubled;
use safetensors::tensor::SafeTensors;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What errors call weights that come as bytes.
pub(super) const BYTES: &str = "<bytes>";

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
    /// [`WeightsError::Read`], [`WeightsError::Damaged`] for a file that is cut off or corrupt, [`WeightsError::OtherFormat`] for
    /// one of PyTorch, Keras, NumPy or ONNX, and [`WeightsError::Version`] for a file of a later Shapeflow.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, WeightsError> {
        let path = path.as_ref();
        let bytes = whole::read(path).map_err(|source| WeightsError::Read {
            path: path.into(),
            source,
        })?;
        Self::parse(path, bytes)
    }

    /// The same from bytes in memory, such as those of `include_bytes!`.
    ///
    /// # Errors
    /// As [`WeightsFile::open`]; errors call the file `<bytes>`.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, WeightsError> {
        Self::parse(Path::new(BYTES), bytes.to_vec())
    }

    fn parse(path: &Path, bytes: Vec<u8>) -> Result<Self, WeightsError> {
        let bytes = Arc::new(bytes);
        let damaged = |reason: String| WeightsError::Damaged {
            path: path.into(),
            bytes: bytes.len(),
            reason,
        };
        let (length, header) =
            SafeTensors::read_metadata(&bytes).map_err(|error| match recognise(&bytes) {
                Some((format, help)) => WeightsError::OtherFormat {
                    path: path.into(),
                    format,
                    help,
                },
                None => damaged(explain(&error, &bytes)),
            })?;
        let (json, data) = (8..8 + length, 8 + length);
        if let Some(name) = doubled(&bytes[json]) {
            let reason = format!("its header has `{}` twice", excerpt(&name));
            return Err(damaged(reason));
        }
        let ours = header.metadata().as_ref().and_then(|map| map.get(KEY));
        if let Some(name) = ours.and_then(|json| doubled(json.as_bytes())) {
            let reason = format!("its metadata has `{}` twice in one object", excerpt(&name));
            return Err(damaged(reason));
        }
        let metadata = ours.map(|json| Metadata::read(json)).transpose();
        let mut metadata = metadata.map_err(|unreadable| match unreadable {
            Unreadable::Damaged(reason) => damaged(format!("its metadata: {}", sentence(&reason))),
            Unreadable::Later(found) => WeightsError::Version {
                path: path.into(),
                found,
                supported: FORMAT_VERSION,
            },
        })?;
        if let Some(metadata) = &mut metadata {
            metadata.extras.came_from(path);
        }
        let tensors = header.tensors().into_iter().map(|(name, info)| {
            let (start, end) = info.data_offsets;
            let tensor = StoredTensor {
                shape: info.shape.clone(),
                format: info.dtype,
                file: Arc::clone(&bytes),
                range: data + start..data + end,
            };
            (name, tensor)
        });
        Ok(Self {
            path: path.into(),
            metadata,
            tensors: tensors.collect(),
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

    /// What was saved beside the weights; nothing for files of other programs.
    pub fn extras(&self) -> Extras {
        match &self.metadata {
            Some(metadata) => metadata.extras.clone(),
            None => {
                let mut none = Extras::new();
                none.came_from(&self.path);
                none
            }
        }
    }

    /// All tensors with their names, sorted by name.
    pub fn tensors(&self) -> impl Iterator<Item = (&str, &StoredTensor)> {
        self.tensors
            .iter()
            .map(|(name, tensor)| (name.as_str(), tensor))
    }

    /// The tensor of that name.
    ///
    /// # Errors
    /// [`WeightsError::UnknownTensor`], with the nearest name.
    pub fn tensor(&self, name: &str) -> Result<&StoredTensor, WeightsError> {
        self.tensors.get(name).ok_or_else(|| self.unknown(name))
    }

    fn unknown(&self, name: &str) -> WeightsError {
        // Among the names of a large file of another program the nearest would take long to find.
        const CANDIDATES: usize = 1000;
        let names = || self.tensors.keys().map(String::as_str);
        let in_layer = |full: &&str| {
            let rest = full.strip_prefix(name);
            rest.is_some_and(|rest| rest.starts_with('.'))
        };
        let of_layer: Vec<&str> = names().filter(in_layer).collect();
        let nearest = nearest(name, names().take(CANDIDATES));
        let hint = match (nearest, self.tensors.len()) {
            (_, 0) => ": it has none".into(),
            _ if !of_layer.is_empty() => {
                let tensors = listed(of_layer.into_iter());
                format!(", that is a layer: its tensors are {tensors}")
            }
            (Some(nearest), _) => format!("; did you mean `{}`?", excerpt_beside(nearest, name)),
            (None, _) => format!("; it has {}", listed(names())),
        };
        WeightsError::UnknownTensor {
            path: self.path.clone(),
            tensor: name.into(),
            nearest: nearest.map(Into::into),
            hint,
        }
    }

    /// The numbers of a tensor that is known to be in the file, NaN and infinity among them.
    pub(crate) fn numbers(
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

    /// The same where all must be finite.
    pub(crate) fn values(
        &self,
        name: &str,
        tensor: &StoredTensor,
    ) -> Result<Vec<f32>, WeightsError> {
        let values = self.numbers(name, tensor)?;
        match values.iter().position(|value| !value.is_finite()) {
            None => Ok(values),
            Some(at) => {
                let found = tensor.double(at).unwrap_or(values[at].into());
                let expected = match found.is_finite() {
                    true => "a number that an `f32` holds",
                    false => "a finite number",
                };
                Err(self.wrong_value(name, tensor, at, found, expected))
            }
        }
    }

    /// The error that names the element number `at` of a tensor.
    pub(crate) fn wrong_value(
        &self,
        name: &str,
        tensor: &StoredTensor,
        at: usize,
        found: f64,
        expected: &'static str,
    ) -> WeightsError {
        WeightsError::Value {
            path: self.path.clone(),
            tensor: name.into(),
            index: index(tensor.shape(), at),
            found,
            expected,
        }
    }
}

/// The place in each axis of the element number `at`.
pub(super) fn index(shape: &[usize], mut at: usize) -> Vec<usize> {
    let mut index: Vec<usize> = shape
        .iter()
        .rev()
        .map(|&axis| {
            let place = at % axis.max(1);
            at /= axis.max(1);
            place
        })
        .collect();
    index.reverse();
    index
}

#[cfg(test)]
mod tests;

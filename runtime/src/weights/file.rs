//! A safetensors file as a list of named tensors.
//!
//! Format: <https://github.com/huggingface/safetensors>. Tensors are little-endian `f32`; the header's metadata has the
//! one key `shapeflow` with a JSON object, so that the same weights give the same bytes.

use super::header::{doubled, explain};
use super::metadata::{FORMAT_VERSION, KEY, Unreadable};
use super::{Extras, Metadata, StoredTensor, WeightsError, excerpt, sentence};
use safetensors::tensor::SafeTensors;
use std::collections::BTreeMap;
use std::fs;
use std::io;
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
    /// [`WeightsError::Read`], [`WeightsError::Damaged`] for a file that is cut off, corrupt or something else, and
    /// [`WeightsError::Version`] for a file of a later Shapeflow.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, WeightsError> {
        let path = path.as_ref();
        let read = || {
            // A device may never end.
            if !fs::metadata(path)?.is_file() {
                return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no file"));
            }
            fs::read(path)
        };
        let bytes = read().map_err(|source| WeightsError::Read {
            path: path.into(),
            source,
        })?;
        Self::parse(path, bytes.into())
    }

    /// The same from bytes in memory, such as those of `include_bytes!`.
    ///
    /// # Errors
    /// As [`WeightsFile::open`]; errors call the file `<bytes>`.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, WeightsError> {
        Self::parse(Path::new(BYTES), bytes.into())
    }

    fn parse(path: &Path, bytes: Arc<[u8]>) -> Result<Self, WeightsError> {
        let damaged = |reason: String| WeightsError::Damaged {
            path: path.into(),
            bytes: bytes.len(),
            reason,
        };
        let (length, header) =
            SafeTensors::read_metadata(&bytes).map_err(|error| damaged(explain(&error, &bytes)))?;
        let (json, data) = (8..8 + length, 8 + length);
        if let Some(name) = doubled(&bytes[json]) {
            let reason = format!("its header has `{}` twice", excerpt(&name));
            return Err(damaged(reason));
        }
        let ours = header.metadata().as_ref().and_then(|map| map.get(KEY));
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
    pub fn tensor(&self, name: &str) -> Option<&StoredTensor> {
        self.tensors.get(name)
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
    pub(super) fn wrong_value(
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
mod tests {
    use super::*;
    use crate::weights::{NamedTensor, write};

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

    /// A file with this header and these numbers behind it.
    fn raw(header: &str, data: &[u8]) -> Result<WeightsFile, WeightsError> {
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(data);
        WeightsFile::from_bytes(&bytes)
    }

    #[test]
    fn a_name_that_stands_twice_is_refused() {
        let twice = r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}"#;
        let error = raw(twice, &[0; 8]).unwrap_err().to_string();
        assert!(error.ends_with("its header has `a` twice"), "{error}");
        let metadata = r#"{"__metadata__":{"shapeflow":"{}","shapeflow":"{}"}}"#;
        let error = raw(metadata, &[]).unwrap_err().to_string();
        assert!(
            error.ends_with("its header has `shapeflow` twice"),
            "{error}"
        );
        raw(r#"{"__metadata__":null}"#, &[]).unwrap();
    }

    #[test]
    fn absurd_sizes_are_refused_and_empty_tensors_are_not() {
        for shape in [
            "[9223372036854775807,4]",
            "[4294967296,4294967296]",
            "[1e30]",
            "[-1]",
        ] {
            let header =
                format!(r#"{{"a":{{"dtype":"F32","shape":{shape},"data_offsets":[0,8]}}}}"#);
            let error = raw(&header, &[0; 8]).unwrap_err();
            assert!(matches!(error, WeightsError::Damaged { .. }), "{error}");
        }
        let mut petabytes = (1_u64 << 60).to_le_bytes().to_vec();
        petabytes.extend_from_slice(b"{}");
        let error = WeightsFile::from_bytes(&petabytes).unwrap_err().to_string();
        assert!(
            error.contains("announce a header of 1152921504606846976 bytes"),
            "{error}"
        );
        let empty = raw(
            r#"{"a":{"dtype":"F32","shape":[0,7],"data_offsets":[0,0]}}"#,
            &[],
        )
        .unwrap();
        assert_eq!(empty.tensor("a").unwrap().values().unwrap(), [0.0; 0]);
    }

    #[test]
    fn every_number_format_is_converted_or_refused_by_name() {
        let file = |format: &str, data: &[u8]| {
            let header = format!(
                r#"{{"a":{{"dtype":"{format}","shape":[1],"data_offsets":[0,{}]}}}}"#,
                data.len()
            );
            let file = raw(&header, data).unwrap();
            file.values("a", file.tensor("a").unwrap())
        };
        assert_eq!(file("F32", &1.5_f32.to_le_bytes()).unwrap(), [1.5]);
        assert_eq!(file("F64", &0.1_f64.to_le_bytes()).unwrap(), [0.1_f32]);
        assert_eq!(file("F16", &0x3e00_u16.to_le_bytes()).unwrap(), [1.5]);
        assert_eq!(file("BF16", &0x3fc0_u16.to_le_bytes()).unwrap(), [1.5]);
        for (format, bytes) in [
            ("I64", 8),
            ("U8", 1),
            ("BOOL", 1),
            ("F8_E4M3", 1),
            ("I32", 4),
        ] {
            let error = file(format, &vec![0; bytes]).unwrap_err().to_string();
            assert_eq!(
                error,
                format!("<bytes>: tensor `a` holds {format}, expected F32, F64, F16 or BF16")
            );
        }
        for (format, data, found) in [
            (
                "F32",
                f32::NAN.to_le_bytes().to_vec(),
                "a finite number, found NaN",
            ),
            (
                "F16",
                0x7c00_u16.to_le_bytes().to_vec(),
                "a finite number, found inf",
            ),
            (
                "BF16",
                0xff80_u16.to_le_bytes().to_vec(),
                "a finite number, found -inf",
            ),
            (
                "F64",
                1e300_f64.to_le_bytes().to_vec(),
                "a number that an `f32` holds, found 1e300",
            ),
        ] {
            let error = file(format, &data).unwrap_err().to_string();
            assert_eq!(
                error,
                format!("<bytes>: tensor `a` at [0]: expected {found}")
            );
        }
    }

    #[test]
    fn a_folder_or_a_device_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let error = WeightsFile::open(folder.path()).unwrap_err().to_string();
        assert!(error.ends_with("it is no file"), "{error}");
        #[cfg(unix)]
        WeightsFile::open("/dev/zero").unwrap_err();
    }

    #[test]
    fn the_place_of_an_element_is_told_by_axes() {
        assert_eq!(index(&[2, 3, 4], 23), [1, 2, 3]);
        assert_eq!(index(&[2, 3, 4], 4), [0, 1, 0]);
        assert_eq!(index(&[], 0), [0; 0]);
    }
}

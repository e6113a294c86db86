//! IDX files, the format of MNIST and Fashion-MNIST, plain or gzipped.
//!
//! An IDX file is a magic number (two zero bytes, the type of the elements, the number of axes), the length of each
//! axis as four bytes, and the elements, row-major; all numbers are big-endian. Described at
//! <http://yann.lecun.com/exdb/mnist/>.

use super::{Classes, DataError, Pixels, files};
use ndarray::{Array4, ArrayD, IxDyn};
use std::path::Path;

/// The type of the elements of an IDX file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    U8,
    I8,
    I16,
    I32,
    F32,
    F64,
}

impl Kind {
    fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            0x08 => Self::U8,
            0x09 => Self::I8,
            0x0b => Self::I16,
            0x0c => Self::I32,
            0x0d => Self::F32,
            0x0e => Self::F64,
            _ => return None,
        })
    }

    fn size(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::I16 => 2,
            Self::I32 | Self::F32 => 4,
            Self::F64 => 8,
        }
    }
}

/// A file in memory whose length fits its header.
struct Idx {
    kind: Kind,
    shape: Vec<usize>,
    bytes: Vec<u8>,
    /// Where the elements begin.
    start: usize,
}

impl Idx {
    fn read(path: &Path) -> Result<Self, DataError> {
        let bytes = files::read(path)?;
        let Some(magic) = bytes.first_chunk::<4>() else {
            return Err(DataError::damaged(
                path,
                "an IDX magic number (4 bytes)",
                format!("{} bytes", bytes.len()),
            ));
        };
        let [0, 0, code, axes @ 1..=255] = *magic else {
            return Err(wrong_magic(path, *magic));
        };
        let Some(kind) = Kind::from_code(code) else {
            return Err(wrong_magic(path, *magic));
        };
        let start = 4 + 4 * usize::from(axes);
        let Some(header) = bytes.get(4..start) else {
            return Err(DataError::damaged(
                path,
                format!("a header of {start} bytes for {axes} axes"),
                format!("{} bytes", bytes.len()),
            ));
        };
        let shape: Vec<usize> = header
            .chunks_exact(4)
            .map(|axis| u32::from_be_bytes([axis[0], axis[1], axis[2], axis[3]]) as usize)
            .collect();
        let expected = shape
            .iter()
            .try_fold(kind.size(), |size, &axis| size.checked_mul(axis))
            .and_then(|size| size.checked_add(start));
        if expected != Some(bytes.len()) {
            let size = expected.map_or("more than memory can hold".to_owned(), |size| {
                size.to_string()
            });
            return Err(DataError::damaged(
                path,
                format!("{size} bytes for the shape {shape:?} in its header"),
                format!("{} bytes", bytes.len()),
            ));
        }
        Ok(Self {
            kind,
            shape,
            bytes,
            start,
        })
    }

    fn elements(&self) -> &[u8] {
        &self.bytes[self.start..]
    }

    /// Checks that the elements are unsigned bytes and that there are so many axes.
    fn expect(&self, path: &Path, axes: usize, what: &str) -> Result<(), DataError> {
        if self.kind == Kind::U8 && self.shape.len() == axes {
            Ok(())
        } else {
            Err(DataError::damaged(
                path,
                format!("{what}: unsigned bytes with {axes} axes"),
                format!("{:?} elements with the shape {:?}", self.kind, self.shape),
            ))
        }
    }
}

fn wrong_magic(path: &Path, magic: [u8; 4]) -> DataError {
    let [a, b, c, d] = magic;
    DataError::damaged(
        path,
        "an IDX magic number (00 00, the element type 08, 09, 0b, 0c, 0d or 0e, the number of axes)",
        format!("{a:02x} {b:02x} {c:02x} {d:02x}"),
    )
}

/// The array in an IDX file, of any element type and shape, as `f32`.
///
/// # Errors
///
/// If the file can't be read or isn't a whole IDX file.
pub fn read_idx(path: impl AsRef<Path>) -> Result<ArrayD<f32>, DataError> {
    let path = path.as_ref();
    let idx = Idx::read(path)?;
    let values: Vec<f32> = match idx.kind {
        Kind::U8 => idx.elements().iter().map(|&byte| f32::from(byte)).collect(),
        Kind::I8 => idx
            .elements()
            .iter()
            .map(|&byte| f32::from(byte as i8))
            .collect(),
        Kind::I16 => words(idx.elements(), |word| f32::from(i16::from_be_bytes(word))),
        Kind::I32 => words(idx.elements(), |word| i32::from_be_bytes(word) as f32),
        Kind::F32 => words(idx.elements(), f32::from_be_bytes),
        Kind::F64 => words(idx.elements(), |word| f64::from_be_bytes(word) as f32),
    };
    shaped(path, IxDyn(&idx.shape), values)
}

fn words<const N: usize>(bytes: &[u8], number: impl Fn([u8; N]) -> f32) -> Vec<f32> {
    bytes
        .as_chunks::<N>()
        .0
        .iter()
        .map(|&word| number(word))
        .collect()
}

/// The pictures in an IDX file: `(examples, height, width, 1)` from three axes, `(examples, height, width, channels)`
/// from four.
///
/// # Errors
///
/// If the file can't be read, isn't a whole IDX file, or doesn't hold unsigned bytes with three or four axes.
///
/// ```
/// use shapeflow_runtime::data::{Pixels, read_idx_images};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("two-pictures");
/// # std::fs::write(&path, [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 51, 102, 255])?;
/// let images = read_idx_images(&path, Pixels::Unit)?;
/// assert_eq!(images.shape(), [2, 1, 2, 1]);
/// assert_eq!(images[[1, 0, 1, 0]], 1.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read_idx_images(path: impl AsRef<Path>, pixels: Pixels) -> Result<Array4<f32>, DataError> {
    let path = path.as_ref();
    let idx = Idx::read(path)?;
    let channels = if let [_, _, _, channels] = idx.shape[..] {
        idx.expect(path, 4, "pictures")?;
        channels
    } else {
        idx.expect(path, 3, "pictures")?;
        1
    };
    let values = idx
        .elements()
        .iter()
        .map(|&byte| pixels.scale(byte))
        .collect();
    shaped(
        path,
        (idx.shape[0], idx.shape[1], idx.shape[2], channels),
        values,
    )
}

/// The labels in an IDX file, each below `classes`.
///
/// # Errors
///
/// If the file can't be read, isn't a whole IDX file, doesn't hold unsigned bytes with one axis, or has a label that
/// is too large.
pub fn read_idx_labels(path: impl AsRef<Path>, classes: usize) -> Result<Classes, DataError> {
    let path = path.as_ref();
    let idx = Idx::read(path)?;
    idx.expect(path, 1, "labels")?;
    check_labels(path, idx.elements().iter().copied(), classes)?;
    Ok(Classes(
        idx.elements()
            .iter()
            .map(|&label| u32::from(label))
            .collect(),
    ))
}

/// Checks that every label is below `classes`.
pub(crate) fn check_labels(
    path: &Path,
    labels: impl IntoIterator<Item = u8>,
    classes: usize,
) -> Result<(), DataError> {
    match labels
        .into_iter()
        .enumerate()
        .find(|&(_, label)| usize::from(label) >= classes)
    {
        None => Ok(()),
        Some((example, label)) => Err(DataError::damaged(
            path,
            format!("labels below {classes}"),
            format!("label {label} at example {example}"),
        )),
    }
}

fn shaped<D: ndarray::Dimension>(
    path: &Path,
    shape: impl Into<ndarray::StrideShape<D>>,
    values: Vec<f32>,
) -> Result<ndarray::Array<f32, D>, DataError> {
    let found = values.len();
    ndarray::Array::from_shape_vec(shape, values).map_err(|error| {
        DataError::damaged(
            path,
            "elements for the shape in its header",
            format!("{found} ({error})"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::fs;
    use std::io::Write;

    fn file(bytes: &[u8]) -> tempfile::TempPath {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), bytes).unwrap();
        file.into_temp_path()
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn header(code: u8, shape: &[u32]) -> Vec<u8> {
        let mut bytes = vec![0, 0, code, shape.len() as u8];
        bytes.extend(shape.iter().flat_map(|axis| axis.to_be_bytes()));
        bytes
    }

    /// Two pictures of 2 × 3 pixels with the values 0, 1, .. 11.
    fn pictures() -> Vec<u8> {
        [header(8, &[2, 2, 3]), (0..12).collect()].concat()
    }

    /// The error of reading these bytes as pictures, without the name of the file in front.
    fn damage(bytes: &[u8]) -> String {
        let path = file(bytes);
        let message = read_idx_images(&path, Pixels::Raw).unwrap_err().to_string();
        message
            .strip_prefix(&format!("{}: ", path.display()))
            .expect("the file comes first")
            .to_owned()
    }

    #[test]
    fn pictures_come_with_a_channel_axis_plain_or_gzipped() {
        for bytes in [pictures(), gzip(&pictures())] {
            let images = read_idx_images(file(&bytes), Pixels::Raw).unwrap();
            assert_eq!(images.shape(), [2, 2, 3, 1]);
            assert_eq!(images[[1, 0, 2, 0]], 8.0);
        }
        let images = read_idx_images(
            file(&[header(8, &[1, 1, 1, 2]), vec![0, 255]].concat()),
            Pixels::Unit,
        )
        .unwrap();
        assert_eq!(images.as_slice(), Some(&[0.0, 1.0][..]));
    }

    #[test]
    fn every_element_type_is_read() {
        let read = |code, body: &[u8]| {
            let array = read_idx(file(&[header(code, &[2]), body.to_vec()].concat())).unwrap();
            array.into_raw_vec_and_offset().0
        };
        assert_eq!(read(0x08, &[1, 255]), [1.0, 255.0]);
        assert_eq!(read(0x09, &[1, 255]), [1.0, -1.0]);
        assert_eq!(read(0x0b, &[1, 0, 255, 255]), [256.0, -1.0]);
        assert_eq!(
            read(0x0c, &[0, 1, 0, 0, 255, 255, 255, 255]),
            [65536.0, -1.0]
        );
        assert_eq!(
            read(
                0x0d,
                &[1.5_f32.to_be_bytes(), (-2.0_f32).to_be_bytes()].concat()
            ),
            [1.5, -2.0]
        );
        assert_eq!(
            read(
                0x0e,
                &[1.5_f64.to_be_bytes(), (-2.0_f64).to_be_bytes()].concat()
            ),
            [1.5, -2.0]
        );
    }

    #[test]
    fn a_truncated_header_is_an_error() {
        assert_eq!(
            damage(&[]),
            "expected an IDX magic number (4 bytes), found 0 bytes"
        );
        assert_eq!(
            damage(&[0, 0, 8]),
            "expected an IDX magic number (4 bytes), found 3 bytes"
        );
        assert_eq!(
            damage(&pictures()[..9]),
            "expected a header of 16 bytes for 3 axes, found 9 bytes"
        );
    }

    #[test]
    fn a_wrong_magic_number_is_an_error() {
        for magic in [*b"PNG!", [0, 0, 8, 0], [0, 0, 7, 3], [0, 1, 8, 3]] {
            let [a, b, c, d] = magic;
            let message = damage(&[&magic[..], &[0; 40]].concat());
            assert!(
                message.starts_with("expected an IDX magic number (00 00,"),
                "{message}"
            );
            assert!(
                message.ends_with(&format!("found {a:02x} {b:02x} {c:02x} {d:02x}")),
                "{message}"
            );
        }
    }

    #[test]
    fn a_body_of_the_wrong_length_is_an_error() {
        let expected = "expected 28 bytes for the shape [2, 2, 3] in its header, found";
        assert_eq!(damage(&pictures()[..20]), format!("{expected} 20 bytes"));
        assert_eq!(
            damage(&[pictures(), vec![0]].concat()),
            format!("{expected} 29 bytes")
        );
        let message = damage(&header(0x0e, &[u32::MAX; 3]));
        assert!(
            message.starts_with("expected more than memory can hold bytes"),
            "{message}"
        );
    }

    #[test]
    fn a_gzip_stream_that_is_cut_short_or_changed_is_an_error() {
        let packed = gzip(&pictures());
        let message = damage(&packed[..packed.len() - 6]);
        assert!(
            message.starts_with("expected a whole gzip stream, found one that breaks off"),
            "{message}"
        );
        let mut changed = packed.clone();
        let crc = changed.len() - 8;
        changed[crc] ^= 1;
        assert!(damage(&changed).starts_with("expected a whole gzip stream"));
        assert!(
            damage(&[packed, vec![7, 7, 7]].concat()).starts_with("expected a whole gzip stream")
        );
    }

    #[test]
    fn another_kind_of_file_is_an_error() {
        assert_eq!(
            damage(&[header(8, &[3]), vec![0, 1, 2]].concat()),
            "expected pictures: unsigned bytes with 3 axes, found U8 elements with the shape [3]"
        );
        let path = file(&pictures());
        let message = read_idx_labels(&path, 10).unwrap_err().to_string();
        assert!(message.ends_with("expected labels: unsigned bytes with 1 axes, found U8 elements with the shape [2, 2, 3]"));
    }

    #[test]
    fn a_label_out_of_range_is_an_error() {
        let labels = file(&[header(8, &[3]), vec![0, 9, 10]].concat());
        assert_eq!(read_idx_labels(&labels, 11).unwrap().0, [0, 9, 10]);
        let message = read_idx_labels(&labels, 10).unwrap_err().to_string();
        assert!(
            message.ends_with(": expected labels below 10, found label 10 at example 2"),
            "{message}"
        );
    }

    #[test]
    fn a_file_that_is_not_there_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let message = read_idx(folder.path().join("nothing"))
            .unwrap_err()
            .to_string();
        assert!(message.contains("nothing: can't be read: "), "{message}");
    }
}

//! IDX files, the format of MNIST and Fashion-MNIST, plain or gzipped.
//!
//! An IDX file is a magic number (two zero bytes, the type of the elements, the number of axes), the length of each
//! axis as four bytes, and the elements, row-major; all numbers are big-endian. Described at
//! <http://yann.lecun.com/exdb/mnist/>.

mod file;
#[cfg(test)]
mod tests;

use self::file::{Idx, Kind};
use super::{Classes, DataError, Pixels};
use ndarray::{Array4, ArrayD, IxDyn};
use std::path::Path;

/// The array in an IDX file, of any element type and shape, as `f32`.
///
/// # Errors
///
/// If the file can't be read, isn't a whole IDX file, or has whole numbers of 32 bits that `f32` doesn't hold exactly or numbers
/// of 64 bits beyond its range.
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
    check_held(path, &idx, &values)?;
    shaped(path, IxDyn(&idx.shape), values)
}

/// Checks that numbers of more bits are what they were: whole numbers exactly, others but for rounding.
fn check_held(path: &Path, idx: &Idx, values: &[f32]) -> Result<(), DataError> {
    let wide: Vec<f64> = match idx.kind {
        Kind::I32 => words(idx.elements(), |word| f64::from(i32::from_be_bytes(word))),
        Kind::F64 => words(idx.elements(), f64::from_be_bytes),
        _ => return Ok(()),
    };
    let whole = idx.kind == Kind::I32;
    let lost = |(value, wide): (&f32, &f64)| {
        (whole && f64::from(*value) != *wide) || (wide.is_finite() && !value.is_finite())
    };
    match values.iter().zip(&wide).position(lost) {
        None => Ok(()),
        Some(at) => Err(DataError::damaged(
            path,
            "numbers that `f32` holds",
            format!("{} at element {at}", wide[at]),
        )),
    }
}

fn words<const N: usize, T>(bytes: &[u8], number: impl Fn([u8; N]) -> T) -> Vec<T> {
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
/// If the file can't be read, isn't a whole IDX file, or doesn't hold unsigned bytes with three or four axes; if the pictures
/// have no pixels.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::data::{Pixels, read_idx_images};
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
    if idx.shape[1..].contains(&0) {
        let expected = "pictures of at least one pixel";
        return Err(DataError::damaged(
            path,
            expected,
            format!("the shape {:?}", idx.shape),
        ));
    }
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

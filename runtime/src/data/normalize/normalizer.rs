//! A fitted normaliser: what it does to numbers, and back.

use crate::data::{DataError, files};
use ndarray::{Array, Dimension};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Numbers `x` become `(x - offset) / scale`, with one pair for all or one per column (the last axis: the columns of a
/// table, the channels of pictures).
///
/// Made by `fit` of [`Standardize`](super::Standardize) and [`MinMax`](super::MinMax), or by
/// [`Scale::divide_by`](super::Scale::divide_by). Saved as JSON, so that what a network gets later is changed as its training data
/// was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Normalizer {
    rule: String,
    /// Whether there is one pair for all columns.
    whole: bool,
    offset: Vec<f32>,
    scale: Vec<f32>,
}

/// What stands in the file. The numbers are `f64`: every `f32` comes back as the one that was written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    rule: String,
    whole: bool,
    offset: Vec<f64>,
    scale: Vec<f64>,
}

impl Normalizer {
    /// The scales are finite and not 0.
    pub(super) fn new(rule: &str, whole: bool, offset: Vec<f32>, scale: Vec<f32>) -> Self {
        Self {
            rule: rule.to_owned(),
            whole,
            offset,
            scale,
        }
    }

    /// The name of the rule that it was made by.
    pub fn rule(&self) -> &str {
        &self.rule
    }

    /// How many columns it was fitted on; `None` if all get the same and any number fits.
    pub fn columns(&self) -> Option<usize> {
        (!self.whole).then_some(self.offset.len())
    }

    /// What is subtracted: one number, or one per column.
    pub fn offset(&self) -> &[f32] {
        &self.offset
    }

    /// What is divided by then: one number, or one per column.
    pub fn scale(&self) -> &[f32] {
        &self.scale
    }

    /// The numbers normalised.
    ///
    /// # Errors
    ///
    /// If it was fitted on another number of columns than the last axis has.
    ///
    /// ```
    /// use ndarray::array;
    /// use shapeflow_runtime::data::normalize::MinMax;
    ///
    /// let normalizer = MinMax::per_column().fit(&array![[0.0, 10.0], [2.0, 30.0]])?;
    /// let normalized = normalizer.transform(array![[1.0, 10.0], [3.0, 20.0]])?;
    /// assert_eq!(normalized, array![[0.5, 0.0], [1.5, 0.5]]);
    /// assert_eq!(normalizer.inverse(normalized)?, array![[1.0, 10.0], [3.0, 20.0]]);
    /// # Ok::<(), shapeflow_runtime::data::DataError>(())
    /// ```
    pub fn transform<D: Dimension>(
        &self,
        array: Array<f32, D>,
    ) -> Result<Array<f32, D>, DataError> {
        self.check(array.shape().last().copied())?;
        Ok(in_place(array, |values| self.apply(values)))
    }

    /// Normalised numbers, such as predictions, brought back.
    ///
    /// # Errors
    ///
    /// If it was fitted on another number of columns than the last axis has.
    pub fn inverse<D: Dimension>(&self, array: Array<f32, D>) -> Result<Array<f32, D>, DataError> {
        self.check(array.shape().last().copied())?;
        Ok(in_place(array, |values| {
            self.each(values, |value, offset, scale| value * scale + offset)
        }))
    }

    /// Normalises rows one after the other in memory; the number of columns has been checked.
    pub(super) fn apply(&self, values: &mut [f32]) {
        self.each(values, |value, offset, scale| (value - offset) / scale);
    }

    fn each(&self, values: &mut [f32], change: impl Fn(f32, f32, f32) -> f32) {
        if let ([offset], [scale]) = (&self.offset[..], &self.scale[..]) {
            values
                .iter_mut()
                .for_each(|value| *value = change(*value, *offset, *scale));
        } else {
            for row in values.chunks_exact_mut(self.offset.len()) {
                for ((value, offset), scale) in row.iter_mut().zip(&self.offset).zip(&self.scale) {
                    *value = change(*value, *offset, *scale);
                }
            }
        }
    }

    /// Checks that the last axis is as long as the one it was fitted on.
    pub(super) fn check(&self, last: Option<usize>) -> Result<(), DataError> {
        match (self.columns(), last) {
            (Some(columns), last) if last != Some(columns) => Err(DataError::Shape {
                what: "the data to normalise".to_owned(),
                expected: format!("(.., {columns}), as fitted"),
                found: last.map_or("()".to_owned(), |last| format!("(.., {last})")),
            }),
            _ => Ok(()),
        }
    }

    /// Writes it as JSON, by way of a temporary file.
    ///
    /// # Errors
    ///
    /// If the file can't be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), DataError> {
        let path = path.as_ref();
        let json = serde_json::to_vec_pretty(self)
            .map_err(|error| DataError::write(path, error.into()))?;
        files::write(path, &json)
    }

    /// Reads one that was [saved](Self::save).
    ///
    /// # Errors
    ///
    /// If the file can't be read or isn't a normaliser.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, DataError> {
        let path = path.as_ref();
        serde_json::from_slice(&files::read(path)?)
            .map_err(|error| DataError::damaged(path, "a normaliser in JSON", error.to_string()))
    }
}

/// Changes an array as a slice in row-major order.
fn in_place<D: Dimension>(array: Array<f32, D>, change: impl FnOnce(&mut [f32])) -> Array<f32, D> {
    let mut array = if array.is_standard_layout() {
        array
    } else {
        array.as_standard_layout().into_owned()
    };
    if let Some(values) = array.as_slice_mut() {
        change(values);
    }
    array
}

impl From<Normalizer> for Stored {
    fn from(normalizer: Normalizer) -> Self {
        let wide = |numbers: Vec<f32>| numbers.into_iter().map(f64::from).collect();
        Self {
            rule: normalizer.rule,
            whole: normalizer.whole,
            offset: wide(normalizer.offset),
            scale: wide(normalizer.scale),
        }
    }
}

impl TryFrom<Stored> for Normalizer {
    type Error = String;

    fn try_from(stored: Stored) -> Result<Self, String> {
        let Stored {
            rule,
            whole,
            offset,
            scale,
        } = stored;
        if offset.is_empty() || offset.len() != scale.len() || (whole && offset.len() != 1) {
            let expected = if whole {
                "one offset and one scale"
            } else {
                "as many offsets as scales"
            };
            return Err(format!(
                "expected {expected}, found {} and {}",
                offset.len(),
                scale.len()
            ));
        }
        let narrow = |numbers: Vec<f64>| {
            numbers
                .into_iter()
                .map(|number| number as f32)
                .collect::<Vec<f32>>()
        };
        let (offset, scale) = (narrow(offset), narrow(scale));
        if let Some(number) = offset
            .iter()
            .chain(&scale)
            .find(|number| !number.is_finite())
        {
            return Err(format!("expected finite numbers, found {number}"));
        }
        if scale.contains(&0.0) {
            return Err("expected scales other than 0, found 0".to_owned());
        }
        Ok(Self {
            rule,
            whole,
            offset,
            scale,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{MinMax, Scale, Standardize};
    use super::*;
    use ndarray::array;
    use std::fs;

    #[test]
    fn a_saved_normaliser_comes_back_bit_for_bit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("normalizer.json");
        let data = array![[0.1_f32, 1e-7], [0.7, 3e7], [1.0 / 3.0, 5.0]];
        for normalizer in [
            Standardize::per_column().fit(&data).unwrap(),
            MinMax::whole().fit(&data).unwrap(),
            Scale::divide_by(255.0).unwrap(),
        ] {
            normalizer.save(&path).unwrap();
            assert_eq!(Normalizer::load(&path).unwrap(), normalizer);
        }
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            1,
            "no temporary file is left"
        );
    }

    #[test]
    fn a_damaged_file_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("normalizer.json");
        let message = |text: &str| {
            fs::write(&path, text).unwrap();
            let message = Normalizer::load(&path).unwrap_err().to_string();
            message
                .strip_prefix(&format!(
                    "{}: expected a normaliser in JSON, found ",
                    path.display()
                ))
                .unwrap()
                .to_owned()
        };
        assert!(message("{\"rule\": \"standardize\"").starts_with("EOF while parsing"));
        assert!(message("{\"rule\": \"standardize\"}").starts_with("missing field `whole`"));
        let stored = |whole, offset, scale| {
            format!(
                "{{\"rule\": \"scale\", \"whole\": {whole}, \"offset\": {offset}, \"scale\": {scale}}}"
            )
        };
        assert_eq!(
            message(&stored(false, "[1, 2]", "[1]")),
            "expected as many offsets as scales, found 2 and 1"
        );
        assert_eq!(
            message(&stored(true, "[]", "[]")),
            "expected one offset and one scale, found 0 and 0"
        );
        assert_eq!(
            message(&stored(true, "[1]", "[0]")),
            "expected scales other than 0, found 0"
        );
        assert_eq!(
            message(&stored(true, "[1e99]", "[1]")),
            "expected finite numbers, found inf"
        );
        fs::remove_file(&path).unwrap();
        assert!(
            Normalizer::load(&path)
                .unwrap_err()
                .to_string()
                .contains("can't be read")
        );
    }

    #[test]
    fn the_number_of_columns_must_be_that_of_the_fit() {
        let normalizer = Standardize::per_column()
            .fit(&array![[1.0, 2.0], [3.0, 5.0]])
            .unwrap();
        let message = normalizer
            .transform(array![[1.0, 2.0, 3.0]])
            .unwrap_err()
            .to_string();
        assert_eq!(
            message,
            "the data to normalise: expected shape (.., 2), as fitted, found (.., 3)"
        );
        assert!(normalizer.inverse(ndarray::arr0(1.0)).is_err());
        let one = Standardize::per_column()
            .fit(&array![[1.0], [3.0]])
            .unwrap();
        assert!(one.transform(array![[1.0, 2.0]]).is_err());
        assert!(
            Scale::divide_by(2.0)
                .unwrap()
                .transform(array![[1.0, 2.0]])
                .is_ok()
        );
    }

    #[test]
    fn the_layout_in_memory_does_not_matter() {
        let normalizer = MinMax::per_column()
            .fit(&array![[0.0, 0.0], [1.0, 10.0]])
            .unwrap();
        let turned = array![[1.0, 0.5], [10.0, 5.0]].reversed_axes();
        assert_eq!(
            normalizer.transform(turned).unwrap(),
            array![[1.0, 1.0], [0.5, 0.5]]
        );
    }
}

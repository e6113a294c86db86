//! A fitted normaliser: what it does to numbers, and back.

use crate::data::{DataError, Input, check_finite, files};
use crate::engine::ColumnNames;
use ndarray::{Array, Dimension};
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::Arc;

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
    offset: Vec<f64>,
    scale: Vec<f64>,
    /// The names of the columns it was fitted on, if they were known.
    names: Option<Arc<[String]>>,
}

/// What a file of one calls itself.
const KIND: &str = "normalizer";

/// What stands in the file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "the numbers of a `Normalizer`")]
struct Stored {
    rule: String,
    whole: bool,
    offset: Vec<f64>,
    scale: Vec<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    names: Option<Vec<String>>,
}

impl Normalizer {
    /// The scales are finite and not 0.
    pub(super) fn new(rule: &str, whole: bool, offset: Vec<f64>, scale: Vec<f64>) -> Self {
        Self {
            rule: rule.to_owned(),
            whole,
            offset,
            scale,
            names: None,
        }
    }

    /// With the names of the columns it was fitted on.
    pub(super) fn named(mut self, names: Option<Arc<[String]>>) -> Self {
        self.names = names.filter(|_| !self.whole);
        self
    }

    /// The names of the columns it was fitted on, if they were known: those of a table are.
    pub fn names(&self) -> Option<&[String]> {
        self.names.as_deref()
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
    pub fn offset(&self) -> &[f64] {
        &self.offset
    }

    /// What is divided by then: one number, or one per column.
    pub fn scale(&self) -> &[f64] {
        &self.scale
    }

    /// The numbers normalised: of 32 bits, or of 64, as those of a table's columns
    /// ([`Input::wide_values`](crate::data::Input::wide_values)), which lose nothing before the offset is subtracted.
    ///
    /// # Errors
    ///
    /// If it was fitted on another number of columns than the last axis has, or a result is NaN or infinite.
    ///
    /// ```
    /// # use shapeflow_runtime as shapeflow;
    /// use ndarray::array;
    /// use shapeflow::data::normalize::MinMax;
    ///
    /// let normalizer = MinMax::per_column().fit(&array![[0.0, 10.0], [2.0, 30.0]])?;
    /// let normalized = normalizer.transform(array![[1.0, 10.0], [3.0, 20.0]])?;
    /// assert_eq!(normalized, array![[0.5, 0.0], [1.5, 0.5]]);
    /// assert_eq!(normalizer.inverse(normalized)?, array![[1.0, 10.0], [3.0, 20.0]]);
    /// # Ok::<(), shapeflow_runtime::data::DataError>(())
    /// ```
    pub fn transform<A: Copy + Into<f64>, D: Dimension>(
        &self,
        array: Array<A, D>,
    ) -> Result<Array<f32, D>, DataError> {
        self.check(array.shape().last().copied())?;
        let result = self.map(array, |value, offset, scale| {
            ((value - offset) / scale) as f32
        });
        check_finite("the normalised data", &result)?;
        Ok(result)
    }

    /// An input normalised, from its 64 bits if it has them.
    pub(crate) fn transform_input(&self, input: Input) -> Result<Input, DataError> {
        self.check(input.shape().last().copied())?;
        self.check_names(input.columns(), "the columns to normalise")?;
        let columns = input.columns().map(|columns| self.mark(columns));
        match input.wide_values() {
            Some(wide) => {
                let wide = self.map(wide.clone(), |value, offset, scale| {
                    (value - offset) / scale
                });
                Ok(Input::wide(wide, columns))
            }
            None => {
                let input = input.map(|values| {
                    self.map(values, |value, offset, scale| {
                        ((value - offset) / scale) as f32
                    })
                })?;
                Ok(input.with_change(|column| self.how(column)))
            }
        }
    }

    /// Checks that columns are those it was fitted on, where both are known.
    pub(super) fn check_names(
        &self,
        columns: Option<&ColumnNames>,
        what: &str,
    ) -> Result<(), DataError> {
        let (Some(fitted), Some(found)) = (self.names(), columns) else {
            return Ok(());
        };
        let fitted = found.renamed(fitted);
        match found.difference(&fitted, "the fit") {
            Some((expected, found)) => Err(DataError::argument(what, expected, found)),
            None => Ok(()),
        }
    }

    /// The columns after they were normalised by it.
    pub(super) fn mark(&self, columns: &ColumnNames) -> ColumnNames {
        columns.changed(|column| self.how(column))
    }

    /// What it does to a column, in words.
    pub(crate) fn how(&self, column: usize) -> String {
        let of = |numbers: &[f64]| {
            numbers
                .get(if self.whole { 0 } else { column })
                .copied()
                .unwrap_or_default()
        };
        let (offset, scale) = (of(&self.offset), of(&self.scale));
        format!(
            "normalised ({}: less {offset:?}, over {scale:?})",
            self.rule
        )
    }

    /// Normalised numbers, such as predictions, brought back.
    ///
    /// # Errors
    ///
    /// If it was fitted on another number of columns than the last axis has.
    pub fn inverse<D: Dimension>(&self, array: Array<f32, D>) -> Result<Array<f32, D>, DataError> {
        self.check(array.shape().last().copied())?;
        Ok(self.map(array, |value, offset, scale| {
            (value * scale + offset) as f32
        }))
    }

    /// Like [`inverse`](Self::inverse), with the result in 64 bits: seconds since 1970 need them.
    ///
    /// # Errors
    ///
    /// If it was fitted on another number of columns than the last axis has.
    pub fn inverse_wide<D: Dimension>(
        &self,
        array: Array<f32, D>,
    ) -> Result<Array<f64, D>, DataError> {
        self.check(array.shape().last().copied())?;
        Ok(self.map(array, |value, offset, scale| value * scale + offset))
    }

    /// Each number changed with the offset and scale of its column; the number of columns has been checked.
    fn map<A: Copy + Into<f64>, B, D: Dimension>(
        &self,
        array: Array<A, D>,
        change: impl Fn(f64, f64, f64) -> B,
    ) -> Array<B, D> {
        if let ([offset], [scale]) = (&self.offset[..], &self.scale[..]) {
            return array.map(|&value| change(value.into(), *offset, *scale));
        }
        let array = if array.is_standard_layout() {
            array
        } else {
            array.as_standard_layout().into_owned()
        };
        let mut column = 0;
        array.map(|&value| {
            let result = change(value.into(), self.offset[column], self.scale[column]);
            column += 1;
            if column == self.offset.len() {
                column = 0;
            }
            result
        })
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
        files::write_json(path.as_ref(), KIND, self)
    }

    /// Reads one that was [saved](Self::save).
    ///
    /// # Errors
    ///
    /// If the file can't be read or isn't a normaliser.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, DataError> {
        files::read_json(path.as_ref(), KIND, "a normaliser in JSON")
    }
}

impl From<Normalizer> for Stored {
    fn from(normalizer: Normalizer) -> Self {
        Self {
            rule: normalizer.rule,
            whole: normalizer.whole,
            offset: normalizer.offset,
            scale: normalizer.scale,
            names: normalizer.names.map(|names| names.to_vec()),
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
            names,
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
        // What no `f32` holds comes from no fit.
        if let Some(number) = offset
            .iter()
            .chain(&scale)
            .map(|&number| number as f32)
            .find(|number| !number.is_finite())
        {
            return Err(format!("expected finite numbers, found {number}"));
        }
        if let Some(names) = &names
            && (whole || names.len() != offset.len())
        {
            return Err(format!(
                "expected a name for each of {} columns, found {}",
                offset.len(),
                names.len()
            ));
        }
        if scale.contains(&0.0) {
            return Err("expected scales other than 0, found 0".to_owned());
        }
        Ok(Self {
            rule,
            whole,
            offset,
            scale,
            names: names.map(Arc::from),
        })
    }
}

#[cfg(test)]
mod tests;

//! One input of all examples: numbers of 32 bits, and where they come from a table those of 64 and the names of its columns.

use super::DataError;
use crate::engine::{ColumnNames, GivenInput, IntoInput};
use ndarray::{Array, ArrayD, Axis, Dimension, ShapeError};
use std::ops::Deref;

/// One input of all examples, `(examples, ..)`; derefs to the array of 32 bits that a model takes.
///
/// What comes from a table keeps the 64 bits it had until it is normalised, so that seconds since 1970 are told apart, and the
/// names of its columns, so that a normaliser is applied to the columns that it was fitted on.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    values: ArrayD<f32>,
    wide: Option<ArrayD<f64>>,
    /// Those along the last axis.
    columns: Option<ColumnNames>,
}

impl Deref for Input {
    type Target = ArrayD<f32>;

    fn deref(&self) -> &ArrayD<f32> {
        &self.values
    }
}

impl<'a, D> IntoInput<'a, D> for &'a Input {
    fn into_input(self) -> GivenInput<'a> {
        GivenInput {
            values: self.values.view(),
            columns: self.columns.as_ref(),
        }
    }
}

impl PartialEq<ArrayD<f32>> for Input {
    fn eq(&self, other: &ArrayD<f32>) -> bool {
        self.values == *other
    }
}

impl<D: Dimension> From<Array<f32, D>> for Input {
    fn from(values: Array<f32, D>) -> Self {
        Self {
            values: standard(values.into_dyn()),
            wide: None,
            columns: None,
        }
    }
}

impl Input {
    /// Numbers of 64 bits, with the names of their columns.
    pub(crate) fn wide(wide: ArrayD<f64>, columns: Option<ColumnNames>) -> Self {
        let wide = standard(wide);
        Self {
            values: wide.mapv(|value| value as f32),
            wide: Some(wide),
            columns,
        }
    }

    /// The numbers with all the bits they came with, if that is more than 32.
    pub fn wide_values(&self) -> Option<&ArrayD<f64>> {
        self.wide.as_ref()
    }

    /// The names of the columns, if they are known: those along the last axis.
    pub fn names(&self) -> Option<&[String]> {
        self.columns.as_ref().map(ColumnNames::names)
    }

    /// The columns along the last axis, if they are known: names, and what was done to their numbers.
    pub fn columns(&self) -> Option<&ColumnNames> {
        self.columns.as_ref()
    }

    /// The same numbers with names for the columns, those along the last axis.
    ///
    /// # Errors
    ///
    /// If there aren't as many names as columns, or two are the same.
    ///
    /// ```
    /// # use shapeflow_runtime as shapeflow;
    /// use ndarray::array;
    /// use shapeflow::data::Input;
    ///
    /// let input = Input::from(array![[5.1_f32, 3.5]]).with_names(["length", "width"])?;
    /// assert_eq!(input.names().unwrap(), ["length", "width"]);
    /// # Ok::<(), shapeflow_runtime::data::DataError>(())
    /// ```
    pub fn with_names(
        mut self,
        names: impl IntoIterator<Item = impl Into<String>>,
    ) -> Result<Self, DataError> {
        let columns = ColumnNames::new(names);
        let expected = self.shape().last().copied().unwrap_or(0);
        let names = columns.names();
        let mut seen = std::collections::HashSet::new();
        if names.len() != expected {
            let found = names.len();
            return Err(DataError::argument(
                "names of columns",
                expected.to_string(),
                found,
            ));
        }
        if let Some(twice) = names.iter().find(|name| !seen.insert(name.as_str())) {
            let found = format!("`{twice}` twice");
            return Err(DataError::argument(
                "names of columns",
                "different names",
                found,
            ));
        }
        self.columns = Some(columns);
        Ok(self)
    }

    /// The same input, after something was done to the numbers of each column.
    pub(crate) fn with_change(mut self, how: impl Fn(usize) -> String) -> Self {
        self.columns = self.columns.map(|columns| columns.changed(how));
        self
    }

    /// The array of 32 bits alone.
    pub fn into_array(self) -> ArrayD<f32> {
        self.values
    }

    /// The array of 32 bits alone, with this number of axes.
    ///
    /// # Errors
    ///
    /// If it has another number of axes.
    pub fn into_dimensionality<D: Dimension>(self) -> Result<Array<f32, D>, ShapeError> {
        self.values.into_dimensionality()
    }

    /// The array changed by a function that knows 32 bits only.
    pub(crate) fn map(
        self,
        change: impl FnOnce(ArrayD<f32>) -> ArrayD<f32>,
    ) -> Result<Self, DataError> {
        self.check_resolved("the input")?;
        let last = self.values.shape().last().copied();
        let values = standard(change(self.values));
        let same = values.shape().last().copied() == last;
        Ok(Self {
            values,
            wide: None,
            columns: self.columns.filter(|_| same),
        })
    }

    /// The examples of these numbers, in this order.
    pub(crate) fn select(&self, indices: &[usize]) -> Self {
        Self {
            values: self.values.select(Axis(0), indices),
            wide: self.wide.as_ref().map(|wide| wide.select(Axis(0), indices)),
            columns: self.columns.clone(),
        }
    }

    /// Checks that 32 bits tell the numbers of each column apart as well as 64 did.
    pub(crate) fn check_resolved(&self, what: &str) -> Result<(), DataError> {
        let Some(wide) = &self.wide else {
            return Ok(());
        };
        let columns = wide.shape().last().copied().unwrap_or(1);
        for column in 0..columns {
            let numbers = || wide.iter().skip(column).step_by(columns.max(1)).copied();
            if is_blurred(numbers) {
                let name = match self.names().and_then(|names| names.get(column)) {
                    Some(name) => format!("{what}, column `{name}`"),
                    None => format!("{what}, column {column}"),
                };
                let (low, high) = ends(numbers());
                return Err(DataError::Argument {
                    what: name,
                    expected: "numbers that 32 bits tell apart (normalise them, as by `Standardize` or `MinMax`, which is done in 64 \
                               bits, or subtract a common number in the table)"
                        .to_owned(),
                    found: format!("{low} to {high}"),
                });
            }
        }
        Ok(())
    }
}

fn standard<A: Clone>(array: ArrayD<A>) -> ArrayD<A> {
    if array.is_standard_layout() {
        array
    } else {
        array.as_standard_layout().into_owned()
    }
}

fn ends(numbers: impl Iterator<Item = f64>) -> (f64, f64) {
    numbers.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), number| {
        (low.min(number), high.max(number))
    })
}

/// Whether rounding to 32 bits moves a number by more than a hundredth of the standard deviation: of seconds since 1970 of a
/// day, but not of a year.
pub(crate) fn is_blurred<I: Iterator<Item = f64>>(numbers: impl Fn() -> I) -> bool {
    let Some(first) = numbers().next() else {
        return false;
    };
    let (mut count, mut sum, mut squares, mut moved) = (0.0, 0.0, 0.0, 0.0_f64);
    for number in numbers() {
        let from_first = number - first;
        count += 1.0;
        sum += from_first;
        squares += from_first * from_first;
        moved = moved.max((f64::from(number as f32) - number).abs());
    }
    let mean: f64 = sum / count;
    let variance: f64 = (squares / count - mean * mean).max(0.0);
    variance > 0.0 && moved > 0.01 * variance.sqrt()
}

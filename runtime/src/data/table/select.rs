//! From a clean table to a data set: which columns are features, which are targets.

use super::{Change, Column, Table};
use crate::data::input::is_blurred;
use crate::data::normalize::{Normalizer, is_one_number};
use crate::data::{Classes, ColumnNames, DataError, Dataset, Input, Values};
use ndarray::Array2;

impl Table {
    /// These columns as an array `(rows, columns)` of 32 bits.
    ///
    /// # Errors
    ///
    /// If there is no such column, if it isn't one of numbers, if a value is missing or too large for an `f32`, or if the values lie
    /// so close together that 32 bits don't tell them apart, as seconds since 1970 do: take the [`input`](Self::input) then.
    pub fn matrix(&self, columns: &[impl AsRef<str>]) -> Result<Array2<f32>, DataError> {
        let wide = self.wide_matrix(columns)?;
        for (numbers, name) in wide.columns().into_iter().zip(columns) {
            if is_blurred(|| numbers.iter().copied()) {
                return Err(DataError::column(
                    name.as_ref(),
                    "numbers that 32 bits tell apart (`wide_matrix` has 64; `normalize` brings the column into a range)",
                    format!("{} and the like", numbers[0]),
                ));
            }
        }
        Ok(wide.mapv(|number| number as f32))
    }

    /// These columns as an array `(rows, columns)` of 64 bits, for [`Normalizer::transform`].
    ///
    /// # Errors
    ///
    /// If there is no such column, if it isn't one of numbers, or if a value is missing or too large for an `f32`.
    pub fn wide_matrix(&self, columns: &[impl AsRef<str>]) -> Result<Array2<f64>, DataError> {
        let mut matrix = Array2::zeros((self.rows, columns.len()));
        for (mut to, name) in matrix.columns_mut().into_iter().zip(columns) {
            let name = name.as_ref();
            for (row, (to, number)) in to.iter_mut().zip(self.numbers(name)?).enumerate() {
                let Some(number) = *number else {
                    let found = "a missing value (drop or fill it first)".to_owned();
                    return Err(self.wrong(row, name, "a number", found));
                };
                *to = number;
                if !(number as f32).is_finite() {
                    return Err(self.wrong(
                        row,
                        name,
                        "a number that fits in 32 bits",
                        number.to_string(),
                    ));
                }
            }
        }
        Ok(matrix)
    }

    /// These columns as an input, with their 64 bits and their names: what a normaliser is fitted on.
    ///
    /// # Errors
    ///
    /// Those of [`wide_matrix`](Self::wide_matrix).
    pub fn input(&self, columns: &[impl AsRef<str>]) -> Result<Input, DataError> {
        let wide = self.wide_matrix(columns)?.into_dyn();
        Ok(Input::wide(wide, Some(self.column_names(columns))))
    }

    /// The names of these columns, and how they were normalised.
    fn column_names(&self, columns: &[impl AsRef<str>]) -> ColumnNames {
        ColumnNames::new(columns.iter().map(AsRef::as_ref)).changed(|column| {
            let how = self.changes.get(columns[column].as_ref());
            how.cloned().unwrap_or_default()
        })
    }

    /// Normalises the columns that a normaliser was fitted on, found by their names, in 64 bits.
    ///
    /// # Errors
    ///
    /// If the normaliser knows no names, having been fitted on no table, or if a column isn't there or isn't one of numbers.
    /// Missing values stay.
    pub fn normalize(&mut self, normalizer: &Normalizer) -> Result<(), DataError> {
        let Some(names) = normalizer.names() else {
            return Err(DataError::argument(
                "normaliser of a table",
                "one that was fitted on columns with names (`fit(&table.input(&columns)?)`)",
                "one without",
            ));
        };
        for name in names {
            self.numbers(name)?;
        }
        let pairs = normalizer.offset().iter().zip(normalizer.scale());
        for (column, (name, (offset, scale))) in names.iter().zip(pairs).enumerate() {
            if let Column::Numbers(numbers) = self.column_mut(name)? {
                for number in numbers.iter_mut().flatten() {
                    *number = (*number - offset) / scale;
                }
            }
            let changes = self.changes.entry(name.clone()).or_default();
            let then = if changes.is_empty() { "" } else { ", then " };
            *changes += &format!("{then}{}", normalizer.how(column));
        }
        self.report.add(Change::Normalized {
            columns: names.to_vec(),
            rule: normalizer.rule().to_owned(),
        });
        Ok(())
    }

    /// A column of categories as class numbers, and the name of each class: text in alphabetical order, numbers in
    /// ascending.
    ///
    /// # Errors
    ///
    /// If there is no such column, a value is missing, or the column has many different numbers as measurements have: prices as classes
    /// would train, and mean nothing.
    pub fn classes(&self, column: &str) -> Result<(Classes, Vec<String>), DataError> {
        self.check_classes(column)?;
        let names = self.column(column)?.categories();
        Ok((self.classes_as(column, &names)?, names))
    }

    /// Refuses numbers to be predicted as classes.
    pub(super) fn check_classes(&self, column: &str) -> Result<(), DataError> {
        match self.column(column)?.measured() {
            None => Ok(()),
            Some(count) => Err(DataError::column(
                column,
                "classes: text, or whole numbers one after the other",
                format!(
                    "{count} different numbers in {} rows; to predict numbers take `regression` (in a `Preprocessing` `targets(&[..])`); if \
                     each is a class, read the column as text (`CsvOptions::text`)",
                    self.rows()
                ),
            )),
        }
    }

    /// A column of categories as class numbers, with the class names of another table.
    ///
    /// # Errors
    ///
    /// If there is no such column, a value is missing, or it is none of the names; if a name stands there twice.
    pub fn classes_as(
        &self,
        column: &str,
        names: &[impl AsRef<str>],
    ) -> Result<Classes, DataError> {
        Ok(Classes(
            self.codes(column, names)?
                .into_iter()
                .map(|code| code as u32)
                .collect(),
        ))
    }

    /// A data set to predict numbers: features `(rows, features)`, targets `(rows, targets)`.
    ///
    /// # Errors
    ///
    /// Those of [`matrix`](Self::matrix), and if there are no rows.
    pub fn regression(
        &self,
        features: &[impl AsRef<str>],
        targets: &[impl AsRef<str>],
    ) -> Result<Dataset<Values>, DataError> {
        self.check_apart(features, targets)?;
        let inputs = vec![self.features(features)?];
        let set = Dataset::from_inputs(inputs, Values::new(self.matrix(targets)?))?;
        Ok(set.with_target_columns(Some(self.column_names(targets))))
    }

    /// A data set to predict a class: features `(rows, features)`, one class number per row, and the names of the
    /// classes, which the data set carries too: training refuses validation data with other names.
    ///
    /// # Errors
    ///
    /// Those of [`matrix`](Self::matrix) and [`classes`](Self::classes), and if there are no rows.
    ///
    /// ```
    /// # use shapeflow_runtime as shapeflow;
    /// use shapeflow::data::table::{Column, Table};
    ///
    /// let mut table = Table::new();
    /// table.push("length", Column::Numbers(vec![Some(5.1), Some(6.7)]))?;
    /// table.push("species", Column::Text(vec![Some("setosa".to_owned()), Some("iris".to_owned())]))?;
    /// let (flowers, names) = table.classification(&["length"], "species")?;
    /// assert_eq!(names, ["iris", "setosa"]);
    /// assert_eq!(flowers.targets().0, [1, 0]);
    /// # Ok::<(), shapeflow_runtime::data::DataError>(())
    /// ```
    pub fn classification(
        &self,
        features: &[impl AsRef<str>],
        target: &str,
    ) -> Result<(Dataset<Classes>, Vec<String>), DataError> {
        self.check_apart(features, &[target])?;
        let (classes, names) = self.classes(target)?;
        let set = self.classified(features, target, classes, &names)?;
        Ok((set, names))
    }

    /// Like [`classification`](Self::classification), with the class names of another table: class 2 of a test table must be
    /// that of the training table, even if class 1 doesn't come in it.
    ///
    /// # Errors
    ///
    /// Those of [`classification`](Self::classification), and if a value is none of the names.
    pub fn classification_as(
        &self,
        features: &[impl AsRef<str>],
        target: &str,
        names: &[impl AsRef<str>],
    ) -> Result<Dataset<Classes>, DataError> {
        self.check_apart(features, &[target])?;
        let classes = self.classes_as(target, names)?;
        self.classified(features, target, classes, names)
    }

    fn classified(
        &self,
        features: &[impl AsRef<str>],
        target: &str,
        classes: Classes,
        names: &[impl AsRef<str>],
    ) -> Result<Dataset<Classes>, DataError> {
        let set = Dataset::from_inputs(vec![self.features(features)?], classes)?;
        let set = set.with_class_names(names.iter().map(AsRef::as_ref))?;
        Ok(set.with_target_columns(Some(ColumnNames::new([target]))))
    }

    /// The columns of numbers that have the same value in all rows, but for rounding, as for the normalizers.
    pub(super) fn constant_columns(&self) -> Vec<String> {
        let same = |name: &&str| {
            let numbers = self.numbers(name).unwrap_or_default();
            let there = numbers.iter().flatten();
            let low = there.clone().copied().fold(f64::INFINITY, f64::min);
            let high = there.clone().copied().fold(f64::NEG_INFINITY, f64::max);
            match there.count() {
                0 => !numbers.is_empty(),
                count => count == numbers.len() && is_one_number(low, high),
            }
        };
        self.names().filter(same).map(str::to_owned).collect()
    }

    /// The features, of which there must be rows.
    pub(super) fn features(&self, features: &[impl AsRef<str>]) -> Result<Input, DataError> {
        if self.rows == 0 {
            let last = self.report.changes().last();
            let done = last.map_or(String::new(), |change| format!(" (last: {change})"));
            return Err(DataError::Empty {
                what: format!("the table{done}"),
            });
        }
        self.input(features)
    }

    /// A target among the features is a mistake that makes every result look perfect.
    fn check_apart(
        &self,
        features: &[impl AsRef<str>],
        targets: &[impl AsRef<str>],
    ) -> Result<(), DataError> {
        if features.is_empty() {
            return Err(DataError::argument(
                "features",
                "at least one column",
                "none",
            ));
        }
        if targets.is_empty() {
            return Err(DataError::argument(
                "targets",
                "at least one column",
                "none",
            ));
        }
        let shared = features.iter().find(|feature| {
            targets
                .iter()
                .any(|target| target.as_ref() == feature.as_ref())
        });
        match shared {
            Some(name) => Err(DataError::column(
                name.as_ref(),
                "a feature or a target",
                "both",
            )),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;

//! From a clean table to a data set: which columns are features, which are targets.

use super::{Change, Column, Table};
use crate::data::input::is_blurred;
use crate::data::normalize::Normalizer;
use crate::data::{Classes, DataError, Dataset, Input, Values};
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
        let names: Vec<String> = columns
            .iter()
            .map(|name| name.as_ref().to_owned())
            .collect();
        let wide = self.wide_matrix(columns)?.into_dyn();
        Ok(Input::wide(wide, Some(names.into())))
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
        for (name, (offset, scale)) in names.iter().zip(pairs) {
            if let Column::Numbers(numbers) = self.column_mut(name)? {
                for number in numbers.iter_mut().flatten() {
                    *number = (*number - offset) / scale;
                }
            }
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
    /// If there is no such column, or a value is missing.
    pub fn classes(&self, column: &str) -> Result<(Classes, Vec<String>), DataError> {
        let names = self.column(column)?.categories();
        Ok((self.classes_as(column, &names)?, names))
    }

    /// A column of categories as class numbers, with the class names of another table.
    ///
    /// # Errors
    ///
    /// If there is no such column, a value is missing, or it is none of the names.
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
        Dataset::from_inputs(inputs, Values::new(self.matrix(targets)?))
    }

    /// A data set to predict a class: features `(rows, features)`, one class number per row, and the names of the
    /// classes, which the data set carries too: training refuses validation data with other names.
    ///
    /// # Errors
    ///
    /// Those of [`matrix`](Self::matrix) and [`classes`](Self::classes), and if there are no rows.
    ///
    /// ```
    /// use shapeflow_runtime::data::table::{Column, Table};
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
        let set = self.classified(features, classes, &names)?;
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
        self.classified(features, classes, names)
    }

    fn classified(
        &self,
        features: &[impl AsRef<str>],
        classes: Classes,
        names: &[impl AsRef<str>],
    ) -> Result<Dataset<Classes>, DataError> {
        let set = Dataset::from_inputs(vec![self.features(features)?], classes)?;
        set.with_class_names(names.iter().map(AsRef::as_ref))
    }

    /// The features, of which there must be rows.
    fn features(&self, features: &[impl AsRef<str>]) -> Result<Input, DataError> {
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
mod tests {
    use super::*;
    use crate::data::normalize::{MinMax, Standardize};
    use ndarray::array;

    #[test]
    fn seconds() {
        let mut table = Table::new();
        let t = (0..60)
            .map(|i| Some(f64::from(1_700_000_000 + i)))
            .collect();
        table.push("t", Column::Numbers(t)).unwrap();
        let y = (0..60).map(|i| Some(f64::from(i))).collect();
        table.push("y", Column::Numbers(y)).unwrap();
        let set = table.regression(&["t"], &["y"]).unwrap();
        // 32 bits hold one of each 128 seconds; training on them would learn nothing.
        let message = set.check_resolved().unwrap_err().to_string();
        assert!(
            message.starts_with("input 0, column `t`: expected numbers that 32 bits tell apart")
                && message.ends_with("found 1700000000 to 1700000059"),
            "{message}"
        );
        assert!(set.clone().map_input(0, |x| x - 1.7e9).is_err());
        assert!(table.matrix(&["t"]).is_err());
        assert!(table.regression(&["y"], &["t"]).is_err());
        for normalizer in [
            Standardize::per_column().fit(set.input(0)).unwrap(),
            Standardize::per_column()
                .fit(&table.input(&["t"]).unwrap())
                .unwrap(),
        ] {
            // NumPy: mean 1700000029.5, standard deviation 17.318102282486574.
            assert!((normalizer.offset()[0] - 1_700_000_029.5).abs() < 1e-6);
            assert!((normalizer.scale()[0] - 17.318_102_282_486_574).abs() < 1e-9);
            let (train, test) = set.split(0.5, 1).unwrap();
            for part in [&set, &train, &test] {
                let part = part.clone().normalize(0, &normalizer).unwrap();
                part.check_resolved().unwrap();
                for (t, y) in part.input(0).iter().zip(part.targets().array()) {
                    let expected = (f64::from(*y) - 29.5) / 17.318_102_282_486_574;
                    assert!((f64::from(*t) - expected).abs() < 1e-6, "{t} {expected}");
                }
            }
            let wide = table.wide_matrix(&["t"]).unwrap();
            let normalized = normalizer.transform(wide.clone()).unwrap();
            let back = normalizer.inverse_wide(normalized).unwrap();
            assert!(back.iter().zip(&wide).all(|(a, b)| (a - b).abs() < 1e-5));
            let json = serde_json::to_string(&normalizer).unwrap();
            assert_eq!(
                serde_json::from_str::<Normalizer>(&json).unwrap(),
                normalizer
            );
        }
    }

    #[test]
    fn a_normaliser_is_applied_to_the_columns_it_was_fitted_on() {
        let mut table = table();
        let normalizer = MinMax::per_column()
            .fit(&table.input(&["x", "z"]).unwrap())
            .unwrap();
        assert_eq!(normalizer.names().unwrap(), ["x", "z"]);
        let turned = table.classification(&["z", "x"], "t").unwrap().0;
        assert_eq!(
            turned.normalize(0, &normalizer).unwrap_err().to_string(),
            "the columns to normalise: expected those of the fit, `x`, `z`, found `z`, `x`"
        );
        let right = table.classification(&["x", "z"], "t").unwrap().0;
        assert_eq!(right.feature_names(0).unwrap(), ["x", "z"]);
        let right = right.normalize(0, &normalizer).unwrap();
        assert_eq!(right.input(0), &array![[0.0, 1.0], [1.0, 0.0]].into_dyn());
        // In a table, by name, whatever the order.
        table.normalize(&normalizer).unwrap();
        assert_eq!(table.numbers("z").unwrap(), [Some(1.0), Some(0.0)]);
        assert_eq!(table.report().to_string(), "x, z: normalised (min-max)");
        table.remove("z").unwrap();
        assert!(
            table
                .normalize(&normalizer)
                .unwrap_err()
                .to_string()
                .starts_with("no column `z`")
        );
    }

    #[test]
    fn class_shift() {
        let of = |species: &[&str]| {
            let mut table = Table::new();
            let numbers = (0..species.len()).map(|i| Some(i as f64)).collect();
            table.push("x", Column::Numbers(numbers)).unwrap();
            let species = species.iter().map(|&name| Some(name.to_owned())).collect();
            table.push("s", Column::Text(species)).unwrap();
            table
        };
        let (train, names) = of(&["a", "b", "c"]).classification(&["x"], "s").unwrap();
        assert_eq!(
            (train.targets().0.as_slice(), names.len()),
            (&[0, 1, 2][..], 3)
        );
        let test = of(&["c", "a"])
            .classification_as(&["x"], "s", &names)
            .unwrap();
        assert_eq!(test.targets().0, [2, 0]);
        for set in [&train, &test] {
            assert_eq!(set.class_names(0), Some(&names[..]));
        }
        // Numbered for itself it has names of its own, by which training tells it from the other.
        let (own, _) = of(&["c", "a"]).classification(&["x"], "s").unwrap();
        assert_eq!(own.class_names(0).unwrap(), ["a", "c"]);
        let message = of(&["d"])
            .classification_as(&["x"], "s", &names)
            .unwrap_err()
            .to_string();
        assert_eq!(
            message,
            "column `s`: expected one of `a`, `b`, `c`, found `d` in row 0"
        );
    }

    #[test]
    fn a_table_without_rows_says_what_became_of_them() {
        let mut table = table();
        table.push("e", Column::Numbers(vec![None; 2])).unwrap();
        table.drop_incomplete();
        let message = table.regression(&["x"], &["z"]).unwrap_err().to_string();
        assert_eq!(
            message,
            "the table (last: all columns: dropped 2 rows with missing values): expected at least one example, found none"
        );
    }

    fn table() -> Table {
        let mut table = Table::new();
        table
            .push("x", Column::Numbers(vec![Some(1.0), Some(2.0)]))
            .unwrap();
        table
            .push("y", Column::Numbers(vec![Some(10.0), None]))
            .unwrap();
        table
            .push("z", Column::Numbers(vec![Some(7.0), Some(3.0)]))
            .unwrap();
        table
            .push(
                "t",
                Column::Text(vec![Some("b".to_owned()), Some("a".to_owned())]),
            )
            .unwrap();
        table
    }

    #[test]
    fn features_and_targets_come_in_the_order_asked_for() {
        let set = table().regression(&["z", "x"], &["x", "z"].map(|name| name.to_owned())[..0]);
        assert_eq!(
            set.unwrap_err().to_string(),
            "targets: expected at least one column, found none"
        );
        let mut table = table();
        table.remove("y").unwrap();
        table.encode("t").unwrap();
        let set = table.regression(&["z", "x"], &["t"]).unwrap();
        assert_eq!(set.input(0), &array![[7.0, 1.0], [3.0, 2.0]].into_dyn());
        assert_eq!(set.targets().array(), array![[1.0], [0.0]]);
    }

    #[test]
    fn classes_of_numbers_are_named_by_them() {
        let (set, names) = table().classification(&["x"], "z").unwrap();
        assert_eq!(names, ["3", "7"]);
        assert_eq!(set.targets().0, [1, 0]);
    }

    #[test]
    fn what_is_not_clean_is_an_error() {
        let message = |result: Result<Array2<f32>, DataError>| result.unwrap_err().to_string();
        assert_eq!(
            message(table().matrix(&["x", "y"])),
            "column `y`: expected a number, found a missing value (drop or fill it first) in row 1"
        );
        assert_eq!(
            message(table().matrix(&["t"])),
            "column `t`: expected a number, found `b` in row 0"
        );
        let mut large = Table::new();
        large.push("x", Column::Numbers(vec![Some(1e39)])).unwrap();
        assert!(
            message(large.matrix(&["x"]))
                .starts_with("column `x`: expected a number that fits in 32 bits")
        );
        let both = table().regression(&["x"], &["x"]).unwrap_err().to_string();
        assert_eq!(
            both,
            "column `x`: expected a feature or a target, found both"
        );
    }
}

//! From a clean table to a data set: which columns are features, which are targets.

use super::Table;
use crate::data::{Classes, DataError, Dataset, Values};
use ndarray::Array2;

impl Table {
    /// These columns as an array `(rows, columns)`.
    ///
    /// # Errors
    ///
    /// If there is no such column, if it isn't one of numbers, or if a value is missing or too large for an `f32`.
    pub fn matrix(&self, columns: &[impl AsRef<str>]) -> Result<Array2<f32>, DataError> {
        let mut matrix = Array2::zeros((self.rows, columns.len()));
        for (mut to, name) in matrix.columns_mut().into_iter().zip(columns) {
            let name = name.as_ref();
            for (row, (to, number)) in to.iter_mut().zip(self.numbers(name)?).enumerate() {
                let Some(number) = *number else {
                    let found = "a missing value (drop or fill it first)".to_owned();
                    return Err(self.wrong(row, name, "a number", found));
                };
                *to = number as f32;
                if !to.is_finite() {
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
        Dataset::new(self.matrix(features)?, Values::new(self.matrix(targets)?))
    }

    /// A data set to predict a class: features `(rows, features)`, one class number per row, and the names of the
    /// classes.
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
        Ok((Dataset::new(self.matrix(features)?, classes)?, names))
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
    use crate::data::table::Column;
    use ndarray::array;

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

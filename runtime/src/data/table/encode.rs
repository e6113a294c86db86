//! Categories as numbers: one-hot columns, or one number for each.

use super::{Change, Column, Table};
use crate::data::DataError;
use std::collections::HashMap;

impl Table {
    /// Replaces a column by one column per category, named `column=category`, with 1 in the rows of that category and
    /// 0 in the others. Returns the categories: text in alphabetical order, numbers in ascending.
    ///
    /// # Errors
    ///
    /// If there is no such column, a value is missing, or a new column's name is taken.
    ///
    /// ```
    /// # use shapeflow_runtime as shapeflow;
    /// use shapeflow::data::table::{Column, Table};
    ///
    /// let mut table = Table::new();
    /// table.push("size", Column::Text(["S", "L", "S"].map(|size| Some(size.to_owned())).to_vec()))?;
    /// assert_eq!(table.one_hot("size")?, ["L", "S"]);
    /// assert_eq!(table.names().collect::<Vec<_>>(), ["size=L", "size=S"]);
    /// # Ok::<(), shapeflow_runtime::data::DataError>(())
    /// ```
    pub fn one_hot(&mut self, column: &str) -> Result<Vec<String>, DataError> {
        let categories = self.column(column)?.categories();
        self.one_hot_as(column, &categories)?;
        Ok(categories)
    }

    /// Like [`one_hot`](Self::one_hot), with the categories of another table: a test set must get the columns that the
    /// training set has.
    ///
    /// # Errors
    ///
    /// Those of [`one_hot`](Self::one_hot), and if a value is none of the categories or a category stands there twice.
    pub fn one_hot_as(
        &mut self,
        column: &str,
        categories: &[impl AsRef<str>],
    ) -> Result<(), DataError> {
        let codes = self.codes(column, categories)?;
        self.put_one_hot(column, categories, &codes)
    }

    /// Replaces a column by one per category, of which the codes say which has the 1.
    pub(super) fn put_one_hot(
        &mut self,
        column: &str,
        categories: &[impl AsRef<str>],
        codes: &[usize],
    ) -> Result<(), DataError> {
        let columns = categories
            .iter()
            .enumerate()
            .map(|(number, category)| {
                let indicator = codes
                    .iter()
                    .map(|&code| Some(if code == number { 1.0 } else { 0.0 }))
                    .collect();
                let name = format!("{column}={}", category.as_ref());
                (name, Column::Numbers(indicator))
            })
            .collect();
        self.replace(column, columns)?;
        self.report.add(Change::OneHot {
            column: column.to_owned(),
            categories: categories.len(),
        });
        Ok(())
    }

    /// Replaces each value of a column by the number of its category, and returns the categories: text in alphabetical
    /// order, numbers in ascending.
    ///
    /// # Errors
    ///
    /// If there is no such column, or a value is missing.
    pub fn encode(&mut self, column: &str) -> Result<Vec<String>, DataError> {
        let categories = self.column(column)?.categories();
        self.encode_as(column, &categories)?;
        Ok(categories)
    }

    /// Like [`encode`](Self::encode), with the categories of another table.
    ///
    /// # Errors
    ///
    /// Those of [`encode`](Self::encode), and if a value is none of the categories or a category stands there twice.
    pub fn encode_as(
        &mut self,
        column: &str,
        categories: &[impl AsRef<str>],
    ) -> Result<(), DataError> {
        let codes = self.codes(column, categories)?;
        self.put_codes(column, categories.len(), codes)
    }

    /// Replaces the values of a column by numbers of categories.
    pub(super) fn put_codes(
        &mut self,
        column: &str,
        categories: usize,
        codes: Vec<usize>,
    ) -> Result<(), DataError> {
        *self.column_mut(column)? =
            Column::Numbers(codes.into_iter().map(|code| Some(code as f64)).collect());
        self.report.add(Change::Encoded {
            column: column.to_owned(),
            categories,
        });
        Ok(())
    }

    /// The number of each row's category.
    pub(super) fn codes(
        &self,
        name: &str,
        categories: &[impl AsRef<str>],
    ) -> Result<Vec<usize>, DataError> {
        self.codes_or(name, categories, None)
    }

    /// The number of each row's category; that of a value that is none is `other`, if there is one.
    pub(super) fn codes_or(
        &self,
        name: &str,
        categories: &[impl AsRef<str>],
        other: Option<usize>,
    ) -> Result<Vec<usize>, DataError> {
        let column = self.column(name)?;
        let mut numbers = HashMap::with_capacity(categories.len());
        for (number, category) in categories.iter().enumerate() {
            let category = category.as_ref();
            if numbers.insert(category, number).is_some() {
                let found = format!("`{category}` twice");
                return Err(DataError::column(name, "each category once", found));
            }
        }
        (0..self.rows)
            .map(|row| match column.text(row) {
                None => Err(self.wrong(
                    row,
                    name,
                    "a category",
                    "a missing value (drop or fill it first)".to_owned(),
                )),
                Some(text) => numbers
                    .get(text.as_str())
                    .copied()
                    .or(other)
                    .ok_or_else(|| {
                        let listed: Vec<_> = categories
                            .iter()
                            .take(10)
                            .map(|name| format!("`{}`", name.as_ref()))
                            .collect();
                        let dots = if categories.len() > 10 { ", …" } else { "" };
                        self.wrong(
                            row,
                            name,
                            &format!("one of {}{dots}", listed.join(", ")),
                            format!("`{text}`"),
                        )
                    }),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[&str]) -> Column {
        Column::Text(texts.iter().map(|&text| Some(text.to_owned())).collect())
    }

    fn table() -> Table {
        let mut table = Table::new();
        table
            .push(
                "a",
                Column::Numbers(vec![Some(10.0), Some(9.0), Some(10.0)]),
            )
            .unwrap();
        table.push("b", texts(&["x", "z", "y"])).unwrap();
        table.push("c", Column::Numbers(vec![None; 3])).unwrap();
        table
    }

    #[test]
    fn one_hot_columns_stand_where_the_column_stood() {
        let mut table = table();
        assert_eq!(table.one_hot("b").unwrap(), ["x", "y", "z"]);
        assert_eq!(
            table.names().collect::<Vec<_>>(),
            ["a", "b=x", "b=y", "b=z", "c"]
        );
        assert_eq!(
            table.numbers("b=y").unwrap(),
            [Some(0.0), Some(0.0), Some(1.0)]
        );
        assert_eq!(table.one_hot("a").unwrap(), ["9", "10"]);
        assert_eq!(table.names().next(), Some("a=9"));
    }

    #[test]
    fn labels_are_numbered_in_order() {
        let mut table = table();
        assert_eq!(table.encode("b").unwrap(), ["x", "y", "z"]);
        assert_eq!(
            table.numbers("b").unwrap(),
            [Some(0.0), Some(2.0), Some(1.0)]
        );
    }

    #[test]
    fn another_tables_categories_can_be_used() {
        let mut table = table();
        let message = table.one_hot_as("b", &["x", "y"]).unwrap_err().to_string();
        assert_eq!(
            message,
            "column `b`: expected one of `x`, `y`, found `z` in row 1"
        );
        table.one_hot_as("b", &["w", "x", "y", "z"]).unwrap();
        assert_eq!(table.numbers("b=w").unwrap(), [Some(0.0); 3]);
    }

    #[test]
    fn a_category_has_one_number() {
        let mut table = table();
        let repeated = ["x", "y", "z", "x"];
        for error in [
            table.encode_as("b", &repeated).unwrap_err(),
            table.one_hot_as("b", &repeated).unwrap_err(),
            table.classes_as("b", &repeated).unwrap_err(),
        ] {
            assert_eq!(
                error.to_string(),
                "column `b`: expected each category once, found `x` twice"
            );
        }
        table.encode_as("b", &repeated[..3]).unwrap();
        assert_eq!(
            table.numbers("b").unwrap(),
            [Some(0.0), Some(2.0), Some(1.0)]
        );
    }

    #[test]
    fn missing_values_and_taken_names_are_errors_that_change_nothing() {
        let mut table = table();
        assert!(
            table
                .encode("c")
                .unwrap_err()
                .to_string()
                .contains("found a missing value")
        );
        table.push("b=z", texts(&["", "", ""])).unwrap();
        let message = table.one_hot("b").unwrap_err().to_string();
        assert_eq!(
            message,
            "column `b=z`: expected a name that is not taken, found a column of that name"
        );
        assert_eq!(table.names().collect::<Vec<_>>(), ["a", "b", "c", "b=z"]);
    }
}

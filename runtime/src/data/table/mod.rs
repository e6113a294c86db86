//! Tables: named columns of numbers or text, with missing values, read from CSV and cleaned until they are a data set.
//!
//! (Feature `tables`.)
//!
//! ```
//! use shapeflow_runtime::data::table::{Fill, Outliers, Remedy, Table};
//!
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("houses.csv");
//! # std::fs::write(&path, "area,rooms,town,price\n50,2,Ulm,200\n80,,Bonn,310\n80,,Bonn,310\n120,5,Ulm,450\n")?;
//! let mut houses = Table::read_csv(&path)?;
//! houses.drop_duplicates();
//! houses.fill_missing("rooms", Fill::Median)?;
//! houses.outliers("price", Outliers::InterquartileRange(1.5), Remedy::Clip)?;
//! houses.one_hot("town")?;
//! println!("{}", houses.report()); // what was done, and how often
//!
//! let features = houses.names_except(&["price"])?;
//! let set = houses.regression(&features, &["price"])?;
//! assert_eq!(set.shape(0), [4]); // area, rooms, town=Bonn, town=Ulm
//! assert_eq!(set.len(), 3);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod column;
mod csv;
mod duplicates;
mod encode;
mod missing;
mod outliers;
mod report;
mod select;

pub use column::Column;
pub use csv::CsvOptions;
pub use missing::Fill;
pub use outliers::{Outliers, Remedy};
pub use report::{Change, Report};

use super::DataError;
use std::path::PathBuf;

/// Named columns of the same length, of numbers or of text, with missing values.
///
/// Built from a CSV file ([`Table::read_csv`]) or column by column. Methods that clean it change it in place, return
/// how many values or rows they changed, and write that down in the [`report`](Table::report).
#[derive(Clone, Debug, Default)]
pub struct Table {
    columns: Vec<(String, Column)>,
    rows: usize,
    /// The file it was read from.
    path: Option<PathBuf>,
    /// The line of each row in that file; empty without one.
    lines: Vec<u64>,
    report: Report,
}

impl Table {
    /// A table without columns.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a column on the right.
    ///
    /// # Errors
    ///
    /// If there is a column of that name, or the others have another length.
    ///
    /// ```
    /// use shapeflow_runtime::data::table::{Column, Table};
    ///
    /// let mut table = Table::new();
    /// table.push("age", Column::Numbers(vec![Some(31.0), None]))?;
    /// table.push("town", Column::Text(vec![Some("Ulm".to_owned()), Some("Bonn".to_owned())]))?;
    /// assert_eq!((table.rows(), table.names().collect::<Vec<_>>()), (2, vec!["age", "town"]));
    /// # Ok::<(), shapeflow_runtime::data::DataError>(())
    /// ```
    pub fn push(&mut self, name: impl Into<String>, column: Column) -> Result<(), DataError> {
        let name = name.into();
        if self.names().any(|other| other == name) {
            return Err(DataError::column(
                &name,
                "a name that is not taken",
                "a column of that name",
            ));
        }
        if !self.columns.is_empty() && column.len() != self.rows {
            let (expected, found) = (self.rows, column.len());
            return Err(DataError::column(
                &name,
                format!("{expected} rows"),
                format!("{found} rows"),
            ));
        }
        self.rows = column.len();
        self.columns.push((name, column));
        Ok(())
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The names of the columns, from left to right.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(name, _)| name.as_str())
    }

    /// The names of all columns but these: what is a feature when these are the targets.
    ///
    /// # Errors
    ///
    /// If there is no column of one of these names.
    pub fn names_except(&self, others: &[impl AsRef<str>]) -> Result<Vec<String>, DataError> {
        for other in others {
            self.position(other.as_ref())?;
        }
        let kept = self
            .names()
            .filter(|name| !others.iter().any(|other| other.as_ref() == *name));
        Ok(kept.map(str::to_owned).collect())
    }

    /// A column by its name.
    ///
    /// # Errors
    ///
    /// If there is none of that name.
    pub fn column(&self, name: &str) -> Result<&Column, DataError> {
        Ok(&self.columns[self.position(name)?].1)
    }

    /// Takes a column out.
    ///
    /// # Errors
    ///
    /// If there is none of that name.
    pub fn remove(&mut self, name: &str) -> Result<Column, DataError> {
        let position = self.position(name)?;
        Ok(self.columns.remove(position).1)
    }

    /// What has been done to the table since it was read, with counts.
    pub fn report(&self) -> &Report {
        &self.report
    }

    fn position(&self, name: &str) -> Result<usize, DataError> {
        self.names().position(|other| other == name).ok_or_else(|| {
            let known: Vec<_> = self.names().map(|name| format!("`{name}`")).collect();
            let known = if known.is_empty() {
                "no columns".to_owned()
            } else {
                known.join(", ")
            };
            DataError::UnknownColumn {
                column: name.to_owned(),
                known,
            }
        })
    }

    fn column_mut(&mut self, name: &str) -> Result<&mut Column, DataError> {
        let position = self.position(name)?;
        Ok(&mut self.columns[position].1)
    }

    /// The numbers of a column.
    fn numbers(&self, name: &str) -> Result<&[Option<f64>], DataError> {
        match self.column(name)? {
            Column::Numbers(numbers) => Ok(numbers),
            Column::Text(texts) => {
                let first = texts.iter().enumerate().find_map(|(row, text)| {
                    text.as_ref()
                        .filter(|text| csv::number(text).is_none())
                        .map(|text| (row, text))
                });
                match first {
                    Some((row, text)) => {
                        Err(self.wrong(row, name, "a number", format!("`{text}`")))
                    }
                    None => Err(DataError::column(name, "numbers", "text")),
                }
            }
        }
    }

    /// The error of a field, with its line in the file if it came from one.
    fn wrong(&self, row: usize, column: &str, expected: &str, found: String) -> DataError {
        match (&self.path, self.lines.get(row)) {
            (Some(path), Some(&line)) => DataError::Field {
                path: path.clone(),
                line,
                column: column.to_owned(),
                expected: expected.to_owned(),
                found,
            },
            _ => DataError::column(column, expected, format!("{found} in row {row}")),
        }
    }

    /// Keeps the rows for which there is `true`; returns how many are gone.
    fn keep_rows(&mut self, keep: &[bool]) -> usize {
        let before = self.rows;
        for (_, column) in &mut self.columns {
            column.keep(keep);
        }
        let mut kept = keep.iter();
        self.lines.retain(|_| kept.next().is_none_or(|&keep| keep));
        self.rows = keep.iter().filter(|&&keep| keep).count();
        before - self.rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_names_of_their_own_and_the_same_length() {
        let mut table = Table::new();
        table
            .push("a", Column::Numbers(vec![Some(1.0), None]))
            .unwrap();
        let message = table
            .push("a", Column::Numbers(vec![None; 2]))
            .unwrap_err()
            .to_string();
        assert_eq!(
            message,
            "column `a`: expected a name that is not taken, found a column of that name"
        );
        let message = table
            .push("b", Column::Text(vec![None; 3]))
            .unwrap_err()
            .to_string();
        assert_eq!(message, "column `b`: expected 2 rows, found 3 rows");
        let message = table.column("c").unwrap_err().to_string();
        assert_eq!(message, "no column `c`; the table has `a`");
        assert!(table.names_except(&["c"]).is_err());
        assert!(table.remove("a").is_ok() && table.column("a").is_err());
    }
}

//! Tables: named columns of numbers or text, with missing values, read from CSV, cleaned, and prepared for a network.
//!
//! (Feature `tables`.)
//!
//! The way of data: a file is read ([`Table::read_csv`], [`CsvOptions`]) and its [`report`](Table::report) looked at; rows that aren't
//! wanted are dropped; the table is split ([`split`](Table::split) and its like); [`Preprocessing`] learns from the training rows how
//! columns become numbers, and the [`Preprocessor`] makes data sets of all parts, and inputs of rows to come.
//!
//! ```
//! # use shapeflow_runtime as shapeflow;
//! use shapeflow::data::normalize::Standardize;
//! use shapeflow::data::table::{Fill, Preprocessing, Table};
//!
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("houses.csv");
//! # std::fs::write(&path, "area,rooms,town,price\n50,2,Ulm,200\n80,,Bonn,310\n80,,Bonn,310\n120,5,Ulm,450\n")?;
//! let mut houses = Table::read_csv(&path)?;
//! houses.drop_duplicates();
//! println!("{}", houses.report()); // what was done, and how often
//!
//! let (train, test) = houses.split(0.67, 1)?;
//! let prepared = Preprocessing::new(&["area", "rooms", "town"])
//!     .fill("rooms", Fill::Number(3.0))
//!     .one_hot_or("town", "other")
//!     .normalize(Standardize::per_column())
//!     .targets(&["price"])
//!     .fit(&train)?;
//! let (train, test) = (prepared.regression(&train)?, prepared.regression(&test)?);
//! assert_eq!((train.len(), test.len()), (2, 1));
//! assert_eq!(train.feature_names(0), test.feature_names(0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod alike;
mod column;
mod csv;
mod dates;
mod duplicates;
mod encode;
mod fitted;
mod missing;
mod outliers;
mod preprocessing;
mod preprocessor;
mod report;
mod row;
mod select;
mod split;
mod unknown;

pub use column::Column;
pub use csv::CsvOptions;
pub use dates::DatePart;
pub use fitted::{Categories, Filling, OutlierLimits, load_fitted, save_fitted};
pub use missing::Fill;
pub use outliers::{Outliers, Remedy};
pub use preprocessing::Preprocessing;
pub use preprocessor::Preprocessor;
pub use report::{Change, Report};
pub use row::Field;

use super::DataError;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use unknown::unknown_column;

/// Named columns of the same length, of numbers or of text, with missing values.
///
/// Built from a CSV file ([`Table::read_csv`]) or column by column. Methods that clean it change it in place, return
/// how many values or rows they changed, and write that down in the [`report`](Table::report).
#[derive(Clone, Debug, Default)]
pub struct Table {
    columns: Vec<(String, Column)>,
    /// Where each column stands.
    places: HashMap<String, usize>,
    rows: usize,
    /// The file it was read from.
    path: Option<PathBuf>,
    /// The line of each row in that file; empty without one.
    lines: Vec<u64>,
    report: Report,
    /// How the columns were normalised that were.
    changes: HashMap<String, String>,
    /// How the file was read.
    csv: Option<CsvOptions>,
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
    /// If there is a column of that name, the others have another length, or a number is NaN or infinite: a missing value is
    /// `None`.
    ///
    /// ```
    /// # use shapeflow_runtime as shapeflow;
    /// use shapeflow::data::table::{Column, Table};
    ///
    /// let mut table = Table::new();
    /// table.push("age", Column::Numbers(vec![Some(31.0), None]))?;
    /// table.push("town", Column::Text(vec![Some("Ulm".to_owned()), Some("Bonn".to_owned())]))?;
    /// assert_eq!((table.rows(), table.names().collect::<Vec<_>>()), (2, vec!["age", "town"]));
    /// # Ok::<(), shapeflow_runtime::data::DataError>(())
    /// ```
    pub fn push(&mut self, name: impl Into<String>, column: Column) -> Result<(), DataError> {
        let name = name.into();
        self.check(&name, &column)?;
        if let Some(change) = alike::note(&name, &column) {
            self.report.add(change);
        }
        self.rows = column.len();
        self.places.insert(name.clone(), self.columns.len());
        self.columns.push((name, column));
        Ok(())
    }

    /// Checks that a column could be added.
    fn check(&self, name: &str, column: &Column) -> Result<(), DataError> {
        if self.places.contains_key(name) {
            return Err(DataError::column(
                name,
                "a name that is not taken",
                "a column of that name",
            ));
        }
        if !self.columns.is_empty() && column.len() != self.rows {
            let (expected, found) = (self.rows, column.len());
            return Err(DataError::column(
                name,
                format!("{expected} rows"),
                format!("{found} rows"),
            ));
        }
        if let Column::Numbers(numbers) = column
            && let Some((row, number)) = numbers
                .iter()
                .enumerate()
                .find_map(|(row, number)| number.filter(|x| !x.is_finite()).map(|x| (row, x)))
        {
            return Err(DataError::column(
                name,
                "finite numbers (`None` is a missing value)",
                format!("{number} in row {row}"),
            ));
        }
        Ok(())
    }

    /// A table out of a file, whose columns have been checked.
    fn from_file(
        path: &Path,
        lines: Vec<u64>,
        columns: Vec<(String, Column)>,
        report: Report,
        csv: CsvOptions,
    ) -> Self {
        let mut table = Self {
            rows: lines.len(),
            path: Some(path.to_owned()),
            lines,
            columns,
            places: HashMap::new(),
            report,
            changes: HashMap::new(),
            csv: Some(csv),
        };
        table.find_places();
        table
    }

    /// Notes where each column stands, after columns were put between others or taken out.
    fn find_places(&mut self) {
        self.places = self
            .columns
            .iter()
            .enumerate()
            .map(|(place, (name, _))| (name.clone(), place))
            .collect();
    }

    /// Puts columns in the place of one.
    fn replace(&mut self, name: &str, columns: Vec<(String, Column)>) -> Result<(), DataError> {
        let place = self.position(name)?;
        for (new, column) in &columns {
            if new != name {
                self.check(new, column)?;
            }
        }
        self.columns.splice(place..=place, columns);
        self.changes.remove(name);
        self.find_places();
        Ok(())
    }

    /// These rows, in this order, as a table of its own.
    fn rows_of(&self, rows: &[usize]) -> Self {
        Self {
            columns: self
                .columns
                .iter()
                .map(|(name, column)| (name.clone(), column.rows(rows)))
                .collect(),
            places: self.places.clone(),
            rows: rows.len(),
            path: self.path.clone(),
            lines: if self.lines.is_empty() {
                Vec::new()
            } else {
                rows.iter().map(|&row| self.lines[row]).collect()
            },
            report: self.report.clone(),
            changes: self.changes.clone(),
            csv: self.csv.clone(),
        }
    }

    /// These columns alone, in this order, with a report of their own.
    fn only(&self, names: &[impl AsRef<str>]) -> Result<Self, DataError> {
        let mut table = Self {
            rows: self.rows,
            path: self.path.clone(),
            lines: self.lines.clone(),
            csv: self.csv.clone(),
            ..Self::default()
        };
        for name in names {
            let name = name.as_ref();
            let column = self.column(name)?.clone();
            table.check(name, &column)?;
            table.places.insert(name.to_owned(), table.columns.len());
            table.columns.push((name.to_owned(), column));
            if let Some(change) = self.changes.get(name) {
                table.changes.insert(name.to_owned(), change.clone());
            }
        }
        Ok(table)
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The names of the columns, from left to right.
    pub fn names(&self) -> impl Iterator<Item = &str> + Clone {
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
        let others: std::collections::HashSet<&str> = others.iter().map(AsRef::as_ref).collect();
        let kept = self.names().filter(|name| !others.contains(name));
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
        let (_, column) = self.columns.remove(position);
        self.changes.remove(name);
        self.find_places();
        Ok(column)
    }

    /// Gives a column another name.
    ///
    /// # Errors
    ///
    /// If there is no such column, or there is one of the new name.
    pub fn rename(&mut self, name: &str, new: impl Into<String>) -> Result<(), DataError> {
        let (position, new) = (self.position(name)?, new.into());
        if new != name {
            self.check(&new, &Column::Text(vec![None; self.rows]))?;
            if let Some(change) = self.changes.remove(name) {
                self.changes.insert(new.clone(), change);
            }
            self.columns[position].0 = new;
            self.find_places();
        }
        Ok(())
    }

    /// What has been done to the table since it was read, with counts.
    pub fn report(&self) -> &Report {
        &self.report
    }

    fn position(&self, name: &str) -> Result<usize, DataError> {
        let place = self.places.get(name).copied();
        place.ok_or_else(|| unknown_column(name, self.names()))
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
                    let text = text.as_ref()?;
                    let why = csv::number::plain(text).err()?.expected();
                    let dates = dates::looks_like_date(text);
                    Some((row, text, if dates { NO_DATE } else { why }))
                });
                match first {
                    Some((row, text, why)) => Err(self.wrong(row, name, why, format!("`{text}`"))),
                    None => Err(DataError::column(
                        name,
                        "numbers",
                        "text that reads as numbers (push it as `Column::Numbers`)",
                    )),
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

/// What a column of dates should be.
const NO_DATE: &str = "a number (`date_parts` makes numbers of dates)";

#[cfg(test)]
mod tests;

//! Reading a table from a CSV file.

mod again;
mod columns;
mod encoding;
mod fields;
mod header;
mod hints;
mod lines;
pub(super) mod number;
mod raw;
mod reader;
mod units;

use super::Table;
use crate::data::{DataError, Limits};
use number::{PLAIN, Signs};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// How a CSV file is to be read.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::data::table::{Column, CsvOptions};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("readings.csv");
/// # std::fs::write(&path, "zip;level;rain\n01067;3,5;1.200\n80331;-99;40\n")?;
/// let table = CsvOptions::new()
///     .delimiter(b';')
///     .decimal(',')
///     .grouping('.')
///     .missing(&["", "-99"])
///     .numbers(&["level"])
///     .read(&path)?;
/// assert_eq!(table.column("level")?, &Column::Numbers(vec![Some(3.5), None]));
/// assert_eq!(table.column("rain")?, &Column::Numbers(vec![Some(1200.0), Some(40.0)]));
/// assert!(matches!(table.column("zip")?, Column::Text(_))); // a number would lose the 0
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CsvOptions {
    delimiter: u8,
    comment: Option<u8>,
    signs: Signs,
    units: Vec<String>,
    missing: Option<Vec<String>>,
    missing_in: Vec<(String, Vec<String>)>,
    text: Vec<String>,
    numbers: Vec<String>,
    header: Option<bool>,
    names: Option<Vec<String>>,
    #[serde(skip)]
    limits: Limits,
}

/// What stands for a missing value unless other markers are given.
const MISSING: [&str; 6] = ["", "NA", "N/A", "NaN", "null", "?"];

/// What else stands for one in a column whose other values are numbers: there it can't be a value.
const MISSING_AMONG_NUMBERS: [&str; 12] = [
    "nan", "NAN", "na", "n/a", "NULL", "Null", "None", "none", "#N/A", "<NA>", "-nan", "nil",
];

impl Default for CsvOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl CsvOptions {
    /// A file with a header; fields are parted by commas; numbers have a point before their decimals and no sign between groups
    /// of digits.
    ///
    /// Empty fields and `NA`, `N/A`, `NaN`, `null` and `?`, written so, are missing values; in a column whose other values are
    /// all numbers also `nan`, `na`, `n/a`, `NULL`, `None` and their like. The table's [`report`](Table::report) says how often
    /// each was taken for missing in which column.
    ///
    /// A column is one of numbers when all its values are and lose nothing as numbers of 64 bits: `007` and whole numbers that
    /// 64 bits don't hold exactly are kept as text, and the report says so. It also says where values of a column differ in case,
    /// blanks or accents alone, and where some have blanks around them, which don't count.
    pub fn new() -> Self {
        Self {
            delimiter: b',',
            comment: None,
            signs: PLAIN,
            units: Vec::new(),
            missing: None,
            missing_in: Vec::new(),
            text: Vec::new(),
            numbers: Vec::new(),
            header: None,
            names: None,
            limits: Limits::new(),
        }
    }

    /// What parts the fields: `b';'`, `b'\t'`.
    pub fn delimiter(mut self, delimiter: u8) -> Self {
        self.delimiter = delimiter;
        self
    }

    /// Lines that begin with this sign are left out: `b'#'`.
    pub fn comment(mut self, sign: u8) -> Self {
        self.comment = Some(sign);
        self
    }

    /// The sign before the decimals: `','` reads `3,5` as 3.5.
    pub fn decimal(mut self, sign: char) -> Self {
        self.signs.decimal = sign;
        self
    }

    /// The sign that may stand between groups of three digits: `'.'` reads `1.234` as 1234. A blank stands for blanks that don't
    /// break lines too.
    pub fn grouping(mut self, sign: char) -> Self {
        self.signs.grouping = Some(sign);
        self
    }

    /// Units and currencies that may stand before or after a number and aren't part of it: with `"%"`, `45%` is read as 45, with
    /// `"€"`, `€ 3.50` as 3.5. In a column either all numbers have the same unit or none has one; a column where they differ is kept as
    /// text, and the report says so.
    pub fn units(mut self, units: &[impl AsRef<str>]) -> Self {
        self.units = owned(units);
        self
    }

    /// What stands for a missing value in all columns, as written, in place of what [`new`](Self::new) says.
    pub fn missing(mut self, markers: &[impl AsRef<str>]) -> Self {
        self.missing = Some(owned(markers));
        self
    }

    /// What stands for a missing value in this column, as written, in place of what does in the others: none of `["NA"]` in a
    /// column of countries, where it is Namibia.
    pub fn missing_in(mut self, column: impl Into<String>, markers: &[impl AsRef<str>]) -> Self {
        self.missing_in.push((column.into(), owned(markers)));
        self
    }

    /// Columns that are text even if all their values look like numbers.
    pub fn text(mut self, columns: &[impl AsRef<str>]) -> Self {
        self.text = owned(columns);
        self
    }

    /// Columns that must be numbers: anything else in them is an error that names the line. Zeros before a number (`007`) mean
    /// nothing in them.
    pub fn numbers(mut self, columns: &[impl AsRef<str>]) -> Self {
        self.numbers = owned(columns);
        self
    }

    /// Whether the first row holds the names of the columns. Unless this is said, it does, and a first row that looks like values
    /// is an error; without names, columns are called `column1`, `column2` and so on.
    pub fn has_headers(mut self, has: bool) -> Self {
        self.header = Some(has);
        self
    }

    /// The names of the columns, for a file without a header or in place of those in it.
    pub fn names(mut self, names: &[impl AsRef<str>]) -> Self {
        self.names = Some(owned(names));
        self
    }

    /// How much memory the file and the table may take.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Reads a file, plain or gzipped, in UTF-8, or in UTF-16 with its mark. White space around a field doesn't count.
    ///
    /// Columns without a name in which nothing stands, as commas at the ends of the lines make them, are left out.
    ///
    /// # Errors
    ///
    /// If the file can't be read, is larger than the limits, has no header or no rows, a header that looks like a row, two columns
    /// of the same name, a row with more or fewer fields than the header, a field that isn't UTF-8, something else than a number in
    /// a column of [`numbers`](Self::numbers); or a column of numbers that are written in another way than was said: with a comma
    /// for the point, or with signs between groups of digits.
    pub fn read(&self, path: impl AsRef<Path>) -> Result<Table, DataError> {
        reader::read(self, path.as_ref())
    }

    /// Reads a table that a program has as text; errors say `text` where they would name a file.
    ///
    /// # Errors
    ///
    /// Those of [`read`](Self::read).
    pub fn parse(&self, text: impl AsRef<[u8]>) -> Result<Table, DataError> {
        reader::parse(self, Path::new("text"), text.as_ref().to_vec())
    }

    /// The same options for a file of which these columns are text and numbers, and no other columns need be there.
    pub(super) fn with_kinds(mut self, text: &[&str], numbers: &[&str]) -> Self {
        let known =
            |name: &String| text.contains(&name.as_str()) || numbers.contains(&name.as_str());
        self.missing_in.retain(|(name, _)| known(name));
        self.header = Some(self.header.unwrap_or(true));
        self.text(text).numbers(numbers)
    }

    /// What stands for a missing value in a column.
    fn markers<'a>(&'a self, column: &str) -> raw::Markers<'a> {
        let own = self
            .missing_in
            .iter()
            .rev()
            .find(|(name, _)| name == column);
        let (always, among_numbers): (Vec<&str>, &[&str]) =
            match own.map(|(_, own)| own).or(self.missing.as_ref()) {
                Some(given) => (given.iter().map(String::as_str).collect(), &[]),
                None => (MISSING.to_vec(), &MISSING_AMONG_NUMBERS),
            };
        raw::Markers {
            always,
            among_numbers,
        }
    }

    /// The columns that are spoken of by name.
    fn named(&self) -> impl Iterator<Item = &str> {
        let markers = self.missing_in.iter().map(|(name, _)| name);
        self.text
            .iter()
            .chain(&self.numbers)
            .chain(markers)
            .map(String::as_str)
    }
}

impl Table {
    /// Reads a CSV file with a header, plain or gzipped, as [`CsvOptions::new`] says.
    ///
    /// # Errors
    ///
    /// Those of [`CsvOptions::read`].
    pub fn read_csv(path: impl AsRef<Path>) -> Result<Self, DataError> {
        CsvOptions::new().read(path)
    }

    /// Reads a table that a program has as text, as [`CsvOptions::new`] says.
    ///
    /// # Errors
    ///
    /// Those of [`CsvOptions::read`].
    ///
    /// ```
    /// # use shapeflow_runtime as shapeflow;
    /// use shapeflow::data::table::{Column, Table};
    ///
    /// let table = Table::parse_csv("age,town\n31,Ulm\n,Bonn\n")?;
    /// assert_eq!(table.column("age")?, &Column::Numbers(vec![Some(31.0), None]));
    /// # Ok::<(), shapeflow_runtime::data::DataError>(())
    /// ```
    pub fn parse_csv(text: &str) -> Result<Self, DataError> {
        CsvOptions::new().parse(text)
    }
}

fn owned(names: &[impl AsRef<str>]) -> Vec<String> {
    names.iter().map(|name| name.as_ref().to_owned()).collect()
}

#[cfg(test)]
mod tests;

//! Reading a table from a CSV file with a header.

use super::{Column, Table};
use crate::data::{DataError, files};
use csv::{ByteRecord, ErrorKind, ReaderBuilder, Trim};
use std::path::Path;

/// How a CSV file is to be read.
///
/// ```
/// use shapeflow_runtime::data::table::CsvOptions;
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("readings.csv");
/// # std::fs::write(&path, "zip;level\n01067;3.5\n80331;-99\n")?;
/// let table = CsvOptions::new()
///     .delimiter(b';')
///     .missing(&["", "-99"])
///     .text(&["zip"])
///     .numbers(&["level"])
///     .read(&path)?;
/// assert_eq!(table.column("level")?.missing(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct CsvOptions {
    delimiter: u8,
    missing: Vec<String>,
    text: Vec<String>,
    numbers: Vec<String>,
}

impl Default for CsvOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl CsvOptions {
    /// Fields are parted by commas; empty fields and `NA`, `N/A`, `NaN`, `null` and `?` in any case are missing values; a column
    /// is one of numbers when all its values are.
    pub fn new() -> Self {
        Self {
            delimiter: b',',
            missing: ["", "NA", "N/A", "NaN", "null", "?"]
                .map(str::to_owned)
                .to_vec(),
            text: Vec::new(),
            numbers: Vec::new(),
        }
    }

    /// What parts the fields: `b';'`, `b'\t'`.
    pub fn delimiter(mut self, delimiter: u8) -> Self {
        self.delimiter = delimiter;
        self
    }

    /// What stands for a missing value, in any case.
    pub fn missing(mut self, markers: &[impl AsRef<str>]) -> Self {
        self.missing = owned(markers);
        self
    }

    /// Columns that are text even if all their values look like numbers.
    pub fn text(mut self, columns: &[impl AsRef<str>]) -> Self {
        self.text = owned(columns);
        self
    }

    /// Columns that must be numbers: anything else in them is an error that names the line.
    pub fn numbers(mut self, columns: &[impl AsRef<str>]) -> Self {
        self.numbers = owned(columns);
        self
    }

    /// Reads a file, plain or gzipped. White space around a field doesn't count.
    ///
    /// # Errors
    ///
    /// If the file can't be read, has no header or no rows, has two columns of the same name, a row with more or fewer
    /// fields than the header, a field that isn't UTF-8, or something else than a number in a column of
    /// [`numbers`](Self::numbers).
    pub fn read(&self, path: impl AsRef<Path>) -> Result<Table, DataError> {
        let path = path.as_ref();
        let bytes = files::read(path)?;
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        if let Some(line) = unclosed_quote(bytes, self.delimiter) {
            return Err(line_error(
                path,
                line,
                "a quoted field with its closing quote",
                "the end of the file".to_owned(),
            ));
        }
        let mut reader = ReaderBuilder::new()
            .delimiter(self.delimiter)
            .trim(Trim::All)
            .has_headers(true)
            .from_reader(bytes);

        let header = reader
            .byte_headers()
            .map_err(|error| csv_error(path, bytes, &error))?
            .clone();
        let mut names: Vec<String> = Vec::with_capacity(header.len());
        for (number, field) in header.iter().enumerate() {
            let name = match utf8(path, 1, field)? {
                "" => format!("column{}", number + 1),
                name => name.to_owned(),
            };
            if names.contains(&name) {
                return Err(line_error(
                    path,
                    1,
                    "a header with different names",
                    format!("`{name}` twice"),
                ));
            }
            names.push(name);
        }
        if names.is_empty() {
            return Err(DataError::damaged(
                path,
                "a header and rows",
                "an empty file",
            ));
        }

        let mut fields: Vec<Vec<Option<String>>> = vec![Vec::new(); names.len()];
        let mut lines = Vec::new();
        let mut record = ByteRecord::new();
        while reader
            .read_byte_record(&mut record)
            .map_err(|error| csv_error(path, bytes, &error))?
        {
            let line = first_line(bytes, record.position());
            for (column, field) in fields.iter_mut().zip(&record) {
                let field = utf8(path, line, field)?;
                column.push((!self.is_missing(field)).then(|| field.to_owned()));
            }
            lines.push(line);
        }
        if lines.is_empty() {
            return Err(DataError::damaged(
                path,
                "at least one row under the header",
                "none",
            ));
        }

        let mut table = Table {
            path: Some(path.to_owned()),
            lines,
            ..Table::default()
        };
        for (name, column) in names.into_iter().zip(fields) {
            let column = if self.text.contains(&name) {
                Column::Text(column)
            } else {
                typed(column)
            };
            table.push(name, column)?;
        }
        for name in self.text.iter().chain(&self.numbers) {
            table.position(name)?;
        }
        for name in &self.numbers {
            table.numbers(name)?;
        }
        Ok(table)
    }

    fn is_missing(&self, field: &str) -> bool {
        self.missing
            .iter()
            .any(|marker| marker.eq_ignore_ascii_case(field))
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
}

/// Numbers if all that is there is a number, else text.
fn typed(fields: Vec<Option<String>>) -> Column {
    let numbers: Option<Vec<_>> = fields
        .iter()
        .map(|field| match field {
            None => Some(None),
            Some(text) => number(text).map(Some),
        })
        .collect();
    numbers.map_or(Column::Text(fields), Column::Numbers)
}

/// A field as a finite number, if it is one.
pub(super) fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

fn owned(names: &[impl AsRef<str>]) -> Vec<String> {
    names.iter().map(|name| name.as_ref().to_owned()).collect()
}

fn utf8<'a>(path: &Path, line: u64, field: &'a [u8]) -> Result<&'a str, DataError> {
    std::str::from_utf8(field).map_err(|_| {
        line_error(
            path,
            line,
            "UTF-8 text",
            format!("`{}`", String::from_utf8_lossy(field)),
        )
    })
}

fn line_error(path: &Path, line: u64, expected: &str, found: String) -> DataError {
    DataError::Line {
        path: path.to_owned(),
        line,
        expected: expected.to_owned(),
        found,
    }
}

/// The line of a quoted field that the file breaks off in; the reader would take the rest of the file for the field.
fn unclosed_quote(bytes: &[u8], delimiter: u8) -> Option<u64> {
    let (mut line, mut opened, mut at_start) = (1, None, true);
    let mut bytes = bytes.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' if opened.is_none() && at_start => opened = Some(line),
            // Two quotes within a quoted field stand for one.
            b'"' if opened.is_some() && bytes.next_if_eq(&b'"').is_none() => opened = None,
            _ => {}
        }
        line += u64::from(byte == b'\n');
        at_start = byte == delimiter || byte == b'\n' || byte == b'\r';
    }
    opened
}

/// The line in which a record begins: the reader gives the place where the one before ended, from where empty lines may
/// follow.
fn first_line(bytes: &[u8], position: Option<&csv::Position>) -> u64 {
    let Some(position) = position else { return 0 };
    let rest = usize::try_from(position.byte())
        .ok()
        .and_then(|start| bytes.get(start..))
        .unwrap_or_default();
    let empty = rest
        .iter()
        .take_while(|byte| matches!(byte, b'\r' | b'\n'))
        .filter(|&&byte| byte == b'\n');
    position.line() + empty.count() as u64
}

fn csv_error(path: &Path, bytes: &[u8], error: &csv::Error) -> DataError {
    let line = first_line(bytes, error.position());
    match error.kind() {
        ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => {
            let expected = format!("{expected_len} fields, as in the header");
            line_error(path, line, &expected, format!("{len}"))
        }
        _ => DataError::damaged(path, "a CSV file", error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn read(options: &CsvOptions, text: impl AsRef<[u8]>) -> Result<Table, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), text).unwrap();
        let prefix = file.path().display().to_string();
        options.read(file.path()).map_err(|error| {
            let message = error.to_string();
            message
                .strip_prefix(&prefix)
                .map(str::to_owned)
                .unwrap_or(message)
        })
    }

    fn damage(text: impl AsRef<[u8]>) -> String {
        read(&CsvOptions::new(), text).unwrap_err()
    }

    #[test]
    fn columns_are_numbers_or_text_with_missing_values() {
        let text = "\u{feff}age, town ,size\n31, Ulm,1e3\n,\"Bad, Ems\",-2.5\r\n?,NA, nan\n";
        let table = read(&CsvOptions::new(), text).unwrap();
        assert_eq!(table.names().collect::<Vec<_>>(), ["age", "town", "size"]);
        assert_eq!(
            table.column("age").unwrap(),
            &Column::Numbers(vec![Some(31.0), None, None])
        );
        let towns = vec![Some("Ulm".to_owned()), Some("Bad, Ems".to_owned()), None];
        assert_eq!(table.column("town").unwrap(), &Column::Text(towns));
        assert_eq!(
            table.column("size").unwrap(),
            &Column::Numbers(vec![Some(1000.0), Some(-2.5), None])
        );
    }

    #[test]
    fn a_column_with_something_else_than_numbers_is_text() {
        let table = read(&CsvOptions::new(), "a,b\n1,1\n2,inf\n").unwrap();
        assert!(matches!(table.column("b").unwrap(), Column::Text(_)));
        let table = read(&CsvOptions::new().text(&["a"]), "a,b\n01,1\n02,2\n").unwrap();
        assert_eq!(table.column("a").unwrap().text(0).as_deref(), Some("01"));
    }

    #[test]
    fn a_ragged_row_is_an_error_with_its_line() {
        assert_eq!(
            damage("a,b\n1,2\n3\n4,5\n"),
            ", line 3: expected 2 fields, as in the header, found 1"
        );
        assert_eq!(
            damage("a,b\n1,2\n\n\n3,4,5\n"),
            ", line 5: expected 2 fields, as in the header, found 3"
        );
        assert_eq!(
            damage("a,b\r\n1,2\r\n\r\n3\r\n"),
            ", line 4: expected 2 fields, as in the header, found 1"
        );
    }

    #[test]
    fn a_field_that_is_no_number_is_an_error_with_its_line_and_column() {
        let options = CsvOptions::new().numbers(&["price"]);
        let message =
            read(&options, "town,price\nUlm,1\n\"a\nb\",2\n\nBonn,about 3\n").unwrap_err();
        assert_eq!(
            message,
            ", line 6, column `price`: expected a number, found `about 3`"
        );
        let message = read(&options, "town,cost\nUlm,1\n").unwrap_err();
        assert_eq!(message, "no column `price`; the table has `town`, `cost`");
    }

    #[test]
    fn a_file_that_breaks_off_in_a_quoted_field_is_an_error_with_its_line() {
        let expected =
            ", line 3: expected a quoted field with its closing quote, found the end of the file";
        assert_eq!(damage("a,b\n1,\"x\"\n2,\"y\n3,z\n"), expected);
        let table = read(&CsvOptions::new(), "a,b\n1,\"5\"\" \"\n2,6\"\n").unwrap();
        assert_eq!(table.column("b").unwrap().text(0).as_deref(), Some("5\""));
        assert_eq!(table.column("b").unwrap().text(1).as_deref(), Some("6\""));
    }

    #[test]
    fn empty_files_and_double_names_are_errors() {
        assert_eq!(
            damage(""),
            ": expected a header and rows, found an empty file"
        );
        assert_eq!(
            damage("a,b\n"),
            ": expected at least one row under the header, found none"
        );
        assert_eq!(
            damage("a,b,a\n1,2,3\n"),
            ", line 1: expected a header with different names, found `a` twice"
        );
        assert_eq!(
            read(&CsvOptions::new(), ",b\n1,2\n")
                .unwrap()
                .names()
                .next(),
            Some("column1")
        );
    }

    #[test]
    fn text_that_is_not_utf8_is_an_error_with_its_line() {
        assert_eq!(
            damage(b"a,b\n1,2\n3,\xff\n"),
            ", line 3: expected UTF-8 text, found `\u{fffd}`"
        );
    }
}

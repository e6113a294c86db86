//! What a file holds, column by column, before it is known what the fields are.

use super::raw::RawColumn;
use crate::data::DataError;
use std::path::Path;

/// The fields of a file, column by column.
pub(super) struct Fields {
    /// The names in the header, empty where there is none.
    pub header: Option<Vec<String>>,
    pub columns: Vec<RawColumn>,
    /// The line of each row.
    pub lines: Vec<u64>,
}

/// The error of a line that doesn't hold what it should.
pub(super) fn line_error(path: &Path, line: u64, expected: &str, found: &str) -> DataError {
    DataError::Line {
        path: path.to_owned(),
        line,
        expected: expected.to_owned(),
        found: found.to_owned(),
    }
}

//! What can be wrong with data: a file, a table, an array, an argument.

use std::io;
use std::path::{Path, PathBuf};

/// What was wrong with data, in words that name the place, what was expected and what was found.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// A file or folder can't be opened or read.
    #[error("{}: can't be read: {source}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file or folder can't be written.
    #[error("{}: can't be written: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file was read, but doesn't hold what it should.
    #[error("{}: expected {expected}, found {found}", path.display())]
    Damaged {
        /// The file or folder.
        path: PathBuf,
        /// What should have stood there.
        expected: String,
        /// What stood there.
        found: String,
    },
    /// A file asks for more memory than [`Limits`](super::Limits) allow.
    #[error("{}: {what}: expected at most {limit} bytes, found {found}; `Limits` sets how much is allowed", path.display())]
    Limit {
        /// The file or folder.
        path: PathBuf,
        /// What would be too large.
        what: String,
        /// The limit, in bytes.
        limit: u64,
        /// What the file asks for.
        found: String,
    },
    /// A line of a table doesn't hold what it should.
    #[error("{}, line {line}: expected {expected}, found {found}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1 with the header.
        line: u64,
        /// What should have stood there.
        expected: String,
        /// What stood there.
        found: String,
    },
    /// One field of a table doesn't hold what it should.
    #[error("{}, line {line}, column `{column}`: expected {expected}, found {found}", path.display())]
    Field {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1 with the header.
        line: u64,
        /// The column's name.
        column: String,
        /// What should have stood there.
        expected: String,
        /// What stood there.
        found: String,
    },
    /// A table has no such column.
    #[error("no column `{column}`; the table has {known}")]
    UnknownColumn {
        /// The name asked for.
        column: String,
        /// The names there are, listed.
        known: String,
    },
    /// A column of a table is not of the kind that an operation needs, or holds what it can't take.
    #[error("column `{column}`: expected {expected}, found {found}")]
    Column {
        /// The column's name.
        column: String,
        /// What the operation needs.
        expected: String,
        /// What the column is or holds.
        found: String,
    },
    /// Two things that should be equally long are not.
    #[error("{what}: expected {expected} examples, found {found}")]
    Length {
        /// The thing whose length is wrong.
        what: String,
        /// The number of examples it should have.
        expected: usize,
        /// The number it has.
        found: usize,
    },
    /// A data set, or a part of one, has no example.
    #[error("{what}: expected at least one example, found none")]
    Empty {
        /// The thing that is empty.
        what: String,
    },
    /// An array has another shape than it should.
    #[error("{what}: expected shape {expected}, found {found}")]
    Shape {
        /// The array.
        what: String,
        /// The shape it should have.
        expected: String,
        /// The shape it has.
        found: String,
    },
    /// A value is NaN or infinite.
    #[error(
        "{what}, example {example}, element {element}: expected a finite number, found {value}"
    )]
    NotFinite {
        /// The array.
        what: String,
        /// The example, counted from 0.
        example: usize,
        /// The element within the example (row-major), counted from 0.
        element: usize,
        /// NaN or an infinity.
        value: f32,
    },
    /// The number of an example is past the end.
    #[error("{what}: expected an index below {examples}, found {index}")]
    Index {
        /// The thing that was indexed.
        what: String,
        /// The number of examples there are.
        examples: usize,
        /// The index given.
        index: usize,
    },
    /// An argument makes no sense.
    #[error("{what}: expected {expected}, found {found}")]
    Argument {
        /// The argument.
        what: String,
        /// What it should be.
        expected: String,
        /// What it is.
        found: String,
    },
}

crate::debug_as_display::debug_as_display!(DataError);

impl DataError {
    pub(crate) fn read(path: &Path, source: io::Error) -> Self {
        Self::Read {
            path: path.to_owned(),
            source,
        }
    }

    pub(crate) fn write(path: &Path, source: io::Error) -> Self {
        Self::Write {
            path: path.to_owned(),
            source,
        }
    }

    pub(crate) fn damaged(
        path: &Path,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Self {
        Self::Damaged {
            path: path.to_owned(),
            expected: expected.into(),
            found: found.into(),
        }
    }

    pub(crate) fn limit(
        path: &Path,
        what: impl Into<String>,
        limit: u64,
        found: impl Into<String>,
    ) -> Self {
        Self::Limit {
            path: path.to_owned(),
            what: what.into(),
            limit,
            found: found.into(),
        }
    }

    pub(crate) fn argument(
        what: impl Into<String>,
        expected: impl Into<String>,
        found: impl ToString,
    ) -> Self {
        Self::Argument {
            what: what.into(),
            expected: expected.into(),
            found: found.to_string(),
        }
    }

    #[cfg(feature = "tables")]
    pub(crate) fn column(
        column: &str,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Self {
        Self::Column {
            column: column.to_owned(),
            expected: expected.into(),
            found: found.into(),
        }
    }
}

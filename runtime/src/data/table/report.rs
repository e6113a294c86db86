//! What cleaning has done to a table.

use std::fmt;

/// One thing that was done to a table.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Change {
    /// A field of the file was taken for a missing value.
    TakenForMissing {
        /// The column.
        column: String,
        /// What stood there; empty if nothing did.
        marker: String,
        /// How often.
        values: usize,
    },
    /// A column was kept as text although some or all of its values look like numbers.
    KeptAsText {
        /// The column.
        column: String,
        /// How many of its values are numbers that 64 bits hold.
        numbers: usize,
        /// How many values it has.
        values: usize,
        /// The first value because of which it is text.
        first: String,
        /// Its line.
        line: Option<u64>,
        /// What is the matter with that value.
        reason: &'static str,
    },
    /// Some values of a column differ in case, blanks or accents alone; they stay different values.
    Alike {
        /// The column.
        column: String,
        /// The values that look the same, each time.
        groups: Vec<Vec<String>>,
    },
    /// Some values of a column of text had blanks around them in the file, which don't count.
    Blanks {
        /// The column.
        column: String,
        /// How many.
        values: usize,
    },
    /// A column without a name and without values was left out, as commas at the ends of lines make them.
    LeftOut {
        /// Its place in the file, counted from 1.
        position: usize,
    },
    /// A column without a name was given one.
    Named {
        /// Its place in the file, counted from 1.
        position: usize,
        /// The name.
        name: String,
    },
    /// Rows with missing values were dropped.
    DroppedMissing {
        /// The columns that were looked at.
        columns: Vec<String>,
        /// How many rows went.
        rows: usize,
    },
    /// Missing values were filled.
    Filled {
        /// The column.
        column: String,
        /// How many values were filled.
        values: usize,
        /// What with: the rule, and the value it gave.
        with: String,
    },
    /// Rows that repeat an earlier one were dropped.
    DroppedDuplicates {
        /// How many rows went.
        rows: usize,
    },
    /// Rows with an outlier were dropped.
    DroppedOutliers {
        /// The column.
        column: String,
        /// How many rows went.
        rows: usize,
        /// The smallest and the largest number that was kept in.
        range: (f64, f64),
    },
    /// Outliers were set to the nearest number that isn't one.
    ClippedOutliers {
        /// The column.
        column: String,
        /// How many numbers were changed.
        values: usize,
        /// The smallest and the largest number that is left.
        range: (f64, f64),
    },
    /// A column of dates was replaced by numbers.
    Dates {
        /// The column.
        column: String,
        /// The names of the parts.
        parts: Vec<&'static str>,
    },
    /// Columns were normalised.
    Normalized {
        /// The columns.
        columns: Vec<String>,
        /// The rule's name.
        rule: String,
    },
    /// A column was replaced by one column of zeros and ones per category.
    OneHot {
        /// The column.
        column: String,
        /// How many categories it has.
        categories: usize,
    },
    /// A column of categories was replaced by their numbers.
    Encoded {
        /// The column.
        column: String,
        /// How many categories it has.
        categories: usize,
    },
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TakenForMissing {
                column,
                marker,
                values,
            } if marker.is_empty() => {
                write!(
                    f,
                    "{column}: took {} for missing",
                    count(*values, "empty field")
                )
            }
            Self::TakenForMissing {
                column,
                marker,
                values,
            } => {
                write!(
                    f,
                    "{column}: took {} `{marker}` for missing",
                    count(*values, "field")
                )
            }
            Self::KeptAsText {
                column,
                numbers,
                values,
                first,
                line,
                reason,
            } => {
                let place = line.map_or(String::new(), |line| format!(" in line {line}"));
                write!(
                    f,
                    "{column}: kept as text ({numbers} of {values} values are numbers, but `{first}`{place} {reason})"
                )
            }
            Self::Alike { column, groups } => alike(f, column, groups),
            Self::Blanks { column, values } => {
                write!(
                    f,
                    "{column}: {} had blanks around, which don't count",
                    count(*values, "value")
                )
            }
            Self::LeftOut { position } => {
                write!(
                    f,
                    "column {position}: left out, having neither a name nor values"
                )
            }
            Self::Named { position, name } => {
                write!(f, "column {position}: has no name and is called {name}")
            }
            Self::DroppedMissing { columns, rows } => {
                write!(
                    f,
                    "{}: dropped {} with missing values",
                    columns.join(", "),
                    count(*rows, "row")
                )
            }
            Self::Filled {
                column,
                values,
                with,
            } => {
                write!(
                    f,
                    "{column}: filled {} with {with}",
                    count(*values, "missing value")
                )
            }
            Self::DroppedDuplicates { rows } => {
                write!(f, "dropped {} that had come before", count(*rows, "row"))
            }
            Self::DroppedOutliers {
                column,
                rows,
                range: (low, high),
            } => {
                write!(
                    f,
                    "{column}: dropped {} outside {low:.6} to {high:.6}",
                    count(*rows, "row")
                )
            }
            Self::ClippedOutliers {
                column,
                values,
                range: (low, high),
            } => {
                write!(
                    f,
                    "{column}: clipped {} to {low:.6} to {high:.6}",
                    count(*values, "value")
                )
            }
            Self::Dates { column, parts } => {
                write!(f, "{column}: replaced by {}", parts.join(", "))
            }
            Self::Normalized { columns, rule } => {
                write!(f, "{}: normalised ({rule})", columns.join(", "))
            }
            Self::OneHot { column, categories } => {
                write!(
                    f,
                    "{column}: replaced by {} of 0 and 1",
                    count(*categories, "column")
                )
            }
            Self::Encoded { column, categories } => {
                write!(
                    f,
                    "{column}: replaced by the numbers of {categories} categories"
                )
            }
        }
    }
}

fn alike(f: &mut fmt::Formatter<'_>, column: &str, groups: &[Vec<String>]) -> fmt::Result {
    const SHOWN: usize = 3;
    let shown = groups.iter().take(SHOWN).map(|texts| {
        let texts: Vec<String> = texts
            .iter()
            .take(SHOWN)
            .map(|text| format!("`{text}`"))
            .collect();
        texts.join(" and ")
    });
    let shown: Vec<String> = shown.collect();
    let shown = shown.join(", ");
    write!(
        f,
        "{column}: {shown} differ in case, blanks or accents alone, and are taken for different values"
    )?;
    match groups.len().saturating_sub(SHOWN) {
        0 => Ok(()),
        more => write!(f, " ({more} more such)"),
    }
}

fn count(number: usize, thing: &str) -> String {
    if number == 1 {
        format!("1 {thing}")
    } else {
        format!("{number} {thing}s")
    }
}

/// All that was done to a table, in order; prints as one line each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report(Vec<Change>);

impl Report {
    /// The changes, in order.
    pub fn changes(&self) -> &[Change] {
        &self.0
    }

    pub(super) fn add(&mut self, change: Change) {
        self.0.push(change);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, change) in self.0.iter().enumerate() {
            if number > 0 {
                writeln!(f)?;
            }
            write!(f, "{change}")?;
        }
        Ok(())
    }
}

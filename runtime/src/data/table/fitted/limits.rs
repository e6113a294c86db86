//! Between which limits a column's numbers are no outliers.

use super::super::{Outliers, Remedy, Table};
use crate::data::DataError;
use serde::{Deserialize, Serialize};

/// The smallest and the largest number of a column that aren't outliers, learnt by [`Outliers::fit`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutlierLimits {
    column: String,
    /// `None` is no limit.
    low: Option<f64>,
    high: Option<f64>,
}

impl Outliers {
    /// Learns from a table which numbers of a column are outliers, in this table and in others.
    ///
    /// # Errors
    ///
    /// If there is no such column, if it isn't one of numbers or has none, or if the limit isn't a positive number.
    pub fn fit(&self, table: &Table, column: &str) -> Result<OutlierLimits, DataError> {
        let (low, high) = table.range(column, *self)?;
        Ok(OutlierLimits {
            column: column.to_owned(),
            low: low.is_finite().then_some(low),
            high: high.is_finite().then_some(high),
        })
    }
}

impl OutlierLimits {
    /// The column.
    pub fn column(&self) -> &str {
        &self.column
    }

    /// The smallest and the largest number that isn't an outlier; infinite where there is no limit.
    pub fn range(&self) -> (f64, f64) {
        (
            self.low.unwrap_or(f64::NEG_INFINITY),
            self.high.unwrap_or(f64::INFINITY),
        )
    }

    /// Drops or clips the outliers of the column in any table, and returns how many there were. Missing values stay.
    ///
    /// # Errors
    ///
    /// If there is no such column, if it isn't one of numbers, or the limits, read from a file, are the wrong way round.
    pub fn apply(&self, table: &mut Table, remedy: Remedy) -> Result<usize, DataError> {
        let (low, high) = self.range();
        if low > high {
            return Err(DataError::argument(
                "limits of outliers",
                "the lower one first",
                format!("{low} to {high}"),
            ));
        }
        table.remedy(&self.column, (low, high), remedy)
    }
}

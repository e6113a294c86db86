//! What missing values are filled with.

use super::super::{Change, Column, Fill, Table};
use crate::data::DataError;
use serde::{Deserialize, Serialize};

/// The value that missing ones of a column are filled with, learnt by [`Fill::fit`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filling {
    column: String,
    /// The rule, and the value in words.
    with: String,
    value: FillValue,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum FillValue {
    Number(f64),
    Text(String),
}

impl Fill {
    /// Learns from a table what the missing values of a column are filled with, in this table and in others.
    ///
    /// # Errors
    ///
    /// If there is no such column, if it isn't of the kind that the value is, or if it is empty and there is nothing to
    /// compute the value from.
    ///
    /// ```
    /// # use shapeflow_runtime as shapeflow;
    /// use shapeflow::data::table::{Column, Fill, Table};
    ///
    /// let (mut train, mut test) = (Table::new(), Table::new());
    /// train.push("age", Column::Numbers(vec![Some(1.0), Some(3.0)]))?;
    /// test.push("age", Column::Numbers(vec![Some(90.0), None]))?;
    /// let mean = Fill::Mean.fit(&train, "age")?;
    /// mean.apply(&mut test)?;
    /// assert_eq!(test.column("age")?, &Column::Numbers(vec![Some(90.0), Some(2.0)]));
    /// # Ok::<(), shapeflow_runtime::data::DataError>(())
    /// ```
    pub fn fit(&self, table: &Table, column: &str) -> Result<Filling, DataError> {
        let (value, with) = table.filling(column, self)?;
        Ok(Filling {
            column: column.to_owned(),
            with,
            value: match value {
                Column::Numbers(numbers) => FillValue::Number(numbers[0].unwrap_or_default()),
                Column::Text(mut texts) => FillValue::Text(texts[0].take().unwrap_or_default()),
            },
        })
    }
}

impl Filling {
    /// The column.
    pub fn column(&self) -> &str {
        &self.column
    }

    /// What it fills with, in words: the rule, and the value.
    pub fn with(&self) -> &str {
        &self.with
    }

    /// Fills the missing values of the column in any table, and returns how many there were.
    ///
    /// # Errors
    ///
    /// If there is no such column, or it is of another kind than the one that was learnt from.
    pub fn apply(&self, table: &mut Table) -> Result<usize, DataError> {
        let values = table.column(&self.column)?.missing();
        match &self.value {
            FillValue::Number(number) => table.fill_numbers(&self.column, *number)?,
            FillValue::Text(text) => table.fill_text(&self.column, text)?,
        }
        table.report.add(Change::Filled {
            column: self.column.clone(),
            values,
            with: self.with.clone(),
        });
        Ok(values)
    }
}

//! Rows from a program: one example to predict, as a form or a request has it.

use super::{Column, Table};
use crate::data::DataError;

/// One value of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Field {
    /// A number.
    Number(f64),
    /// Text.
    Text(String),
    /// A value that is missing.
    Missing,
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl From<$number> for Field {
            fn from(number: $number) -> Self {
                Self::Number(number.into())
            }
        }
    )*};
}

numbers!(f64, f32, i32, u32, i16, u16, i8, u8);

impl From<&str> for Field {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Field {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl<T: Into<Field>> From<Option<T>> for Field {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Missing, Into::into)
    }
}

impl Table {
    /// A table of one row, from names and values: an array of pairs, a map. Where all values have one type they may be numbers or text,
    /// else they are [`Field`]s. [`Preprocessor::inputs`](super::Preprocessor::inputs) reads numbers that come as text.
    ///
    /// # Errors
    ///
    /// If a name comes twice, or a number is NaN or infinite.
    ///
    /// ```
    /// # use shapeflow_runtime as shapeflow;
    /// use shapeflow::data::table::{Column, Field, Table};
    ///
    /// let row = Table::from_row([("age", Field::from(35)), ("smokes", "no".into()), ("pressure", Field::Missing)])?;
    /// assert_eq!(row.column("age")?, &Column::Numbers(vec![Some(35.0)]));
    /// let form = std::collections::HashMap::from([("age", "35"), ("smokes", "no")]);
    /// assert_eq!(Table::from_row(form)?.rows(), 1);
    /// # Ok::<(), shapeflow_runtime::data::DataError>(())
    /// ```
    pub fn from_row<N: Into<String>, F: Into<Field>>(
        values: impl IntoIterator<Item = (N, F)>,
    ) -> Result<Self, DataError> {
        let mut table = Self::new();
        for (name, value) in values {
            let column = match value.into() {
                Field::Number(number) => Column::Numbers(vec![Some(number)]),
                Field::Text(text) => Column::Text(vec![Some(text)]),
                Field::Missing => Column::Text(vec![None]),
            };
            table.push(name, column)?;
        }
        Ok(table)
    }
}

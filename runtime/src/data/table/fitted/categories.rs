//! The categories of a column in their order.

use super::super::Table;
use crate::data::{Classes, DataError};
use serde::{Deserialize, Serialize};

/// The categories of a column in their order, learnt by [`Categories::fit`]; perhaps with one for all values that come later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "StoredCategories", into = "StoredCategories")]
pub struct Categories {
    column: String,
    /// All names, the one for other values last.
    names: Vec<String>,
    /// Whether the last is for other values.
    other: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "the `Categories` of a column")]
struct StoredCategories {
    column: String,
    names: Vec<String>,
    other: bool,
}

impl Categories {
    /// Learns the categories of a column: text in alphabetical order, numbers in ascending.
    ///
    /// # Errors
    ///
    /// If there is no such column, or a value is missing.
    ///
    /// ```
    /// # use shapeflow_runtime as shapeflow;
    /// use shapeflow::data::table::{Categories, Column, Table};
    ///
    /// let towns = |names: &[&str]| Column::Text(names.iter().map(|&name| Some(name.to_owned())).collect());
    /// let (mut train, mut test) = (Table::new(), Table::new());
    /// train.push("town", towns(&["Ulm", "Bonn", "Ulm"]))?;
    /// test.push("town", towns(&["Bonn", "Paris"]))?;
    ///
    /// let categories = Categories::fit(&train, "town")?.with_other("other")?;
    /// assert_eq!(categories.names(), ["Bonn", "Ulm", "other"]);
    /// categories.one_hot(&mut test)?;
    /// assert_eq!(test.column("town=other")?, &Column::Numbers(vec![Some(0.0), Some(1.0)]));
    /// # Ok::<(), shapeflow_runtime::data::DataError>(())
    /// ```
    pub fn fit(table: &Table, column: &str) -> Result<Self, DataError> {
        let names = table.column(column)?.categories();
        // A missing value is an error here and not only when they are applied.
        table.codes(column, &names)?;
        Ok(Self {
            column: column.to_owned(),
            names,
            other: false,
        })
    }

    /// Categories of a column in an order of one's own, such as `S`, `M`, `L`: [`encode`](Self::encode) numbers them by it.
    ///
    /// # Errors
    ///
    /// If there are none, or one comes twice.
    pub fn in_order(
        column: impl Into<String>,
        names: &[impl AsRef<str>],
    ) -> Result<Self, DataError> {
        let column = column.into();
        let stored = StoredCategories {
            column: column.clone(),
            names: names.iter().map(|name| name.as_ref().to_owned()).collect(),
            other: false,
        };
        Self::try_from(stored).map_err(|why| DataError::Argument {
            what: format!("categories of `{column}`"),
            expected: "each once, and at least one".to_owned(),
            found: why,
        })
    }

    /// With one category more, for every value that isn't one of the others. A value of this name counts as one of it.
    ///
    /// # Errors
    ///
    /// If one of the categories has the name, or there is one for other values already.
    pub fn with_other(mut self, name: impl Into<String>) -> Result<Self, DataError> {
        let name = name.into();
        if self.other || self.names.contains(&name) {
            return Err(DataError::column(
                &self.column,
                "one category for other values, with a name of its own",
                format!("`{name}` beside {}", self.names.join(", ")),
            ));
        }
        self.names.push(name);
        self.other = true;
        Ok(self)
    }

    /// Only those categories that come at least this often in a table; what is rarer counts among the others.
    ///
    /// # Errors
    ///
    /// If there is no such column, or no category that comes so often.
    pub fn at_least(mut self, table: &Table, times: usize) -> Result<Self, DataError> {
        let column = table.column(&self.column)?;
        let mut counts = std::collections::HashMap::new();
        for row in 0..table.rows() {
            *counts.entry(column.text(row)).or_insert(0) += 1;
        }
        let named = self.names.len() - usize::from(self.other);
        let mut place = 0;
        self.names.retain(|name| {
            place += 1;
            place > named
                || counts
                    .get(&Some(name.clone()))
                    .is_some_and(|&count| count >= times)
        });
        if self.names.len() == usize::from(self.other) {
            return Err(DataError::column(
                &self.column,
                format!("a category that comes at least {times} times"),
                "none",
            ));
        }
        Ok(self)
    }

    /// The column.
    pub fn column(&self) -> &str {
        &self.column
    }

    /// The names, the one for other values last.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The name for other values, if there is one.
    pub fn other(&self) -> Option<&str> {
        let last = self.names.last().filter(|_| self.other);
        last.map(String::as_str)
    }

    /// Replaces the column in any table by one column per category, named `column=category`, with 1 in its rows and 0 in the
    /// others. The columns are the same for each table.
    ///
    /// # Errors
    ///
    /// If there is no such column, a value is missing, a new column's name is taken, or a value is none of the categories and
    /// there is none for others.
    pub fn one_hot(&self, table: &mut Table) -> Result<(), DataError> {
        let codes = self.codes(table)?;
        table.put_one_hot(&self.column, &self.names, &codes)
    }

    /// Replaces each value of the column in any table by the number of its category.
    ///
    /// # Errors
    ///
    /// If there is no such column, a value is missing, or it is none of the categories and there is none for others.
    pub fn encode(&self, table: &mut Table) -> Result<(), DataError> {
        let codes = self.codes(table)?;
        table.put_codes(&self.column, self.names.len(), codes)
    }

    /// The column of any table as class numbers, the same for each.
    ///
    /// # Errors
    ///
    /// If there is no such column, a value is missing, or it is none of the categories and there is none for others.
    pub fn classes(&self, table: &Table) -> Result<Classes, DataError> {
        let codes = self.codes(table)?;
        Ok(Classes(codes.into_iter().map(|code| code as u32).collect()))
    }

    fn codes(&self, table: &Table) -> Result<Vec<usize>, DataError> {
        let other = self.other.then(|| self.names.len() - 1);
        table.codes_or(&self.column, &self.names, other)
    }
}

impl From<Categories> for StoredCategories {
    fn from(categories: Categories) -> Self {
        Self {
            column: categories.column,
            names: categories.names,
            other: categories.other,
        }
    }
}

impl TryFrom<StoredCategories> for Categories {
    type Error = String;

    fn try_from(stored: StoredCategories) -> Result<Self, String> {
        let StoredCategories {
            column,
            names,
            other,
        } = stored;
        let mut seen = std::collections::HashSet::new();
        if let Some(name) = names.iter().find(|name| !seen.insert(name.as_str())) {
            return Err(format!(
                "expected different categories, found `{name}` twice"
            ));
        }
        if names.is_empty() {
            return Err("expected at least one category, found none".to_owned());
        }
        Ok(Self {
            column,
            names,
            other,
        })
    }
}

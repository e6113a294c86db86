//! What was learnt from one table and is applied to others: fillings, limits and categories, which are saved with the network.

use super::{Change, Column, Fill, Outliers, Remedy, Table};
use crate::data::{Classes, DataError, files};
use serde::{Deserialize, Serialize};
use std::path::Path;

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
    /// use shapeflow_runtime::data::table::{Column, Fill, Table};
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
#[serde(deny_unknown_fields)]
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
    /// use shapeflow_runtime::data::table::{Categories, Column, Table};
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

/// Writes what was fitted, each object for itself or several in a tuple or a struct, as JSON; [`load_fitted`] reads it.
///
/// # Errors
///
/// If the file can't be written.
///
/// ```
/// use shapeflow_runtime::data::table::{Categories, Column, Fill, Table, load_fitted, save_fitted};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("prepared.json");
/// let mut table = Table::new();
/// table.push("age", Column::Numbers(vec![Some(1.0), None]))?;
/// table.push("town", Column::Text(vec![Some("Ulm".to_owned()), Some("Bonn".to_owned())]))?;
/// let fitted = (Fill::Mean.fit(&table, "age")?, Categories::fit(&table, "town")?);
/// save_fitted(&path, &fitted)?;
/// assert_eq!(load_fitted::<(_, _)>(&path)?, fitted);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn save_fitted(path: impl AsRef<Path>, fitted: &impl Serialize) -> Result<(), DataError> {
    let path = path.as_ref();
    let json =
        serde_json::to_vec_pretty(fitted).map_err(|error| DataError::write(path, error.into()))?;
    files::write(path, &json)
}

/// Reads what [`save_fitted`] wrote.
///
/// # Errors
///
/// If the file can't be read, or holds something else.
pub fn load_fitted<T: serde::de::DeserializeOwned>(path: impl AsRef<Path>) -> Result<T, DataError> {
    let path = path.as_ref();
    serde_json::from_slice(&files::read(path)?)
        .map_err(|error| DataError::damaged(path, "fitted objects in JSON", error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(ages: &[Option<f64>], towns: &[&str]) -> Table {
        let mut table = Table::new();
        table.push("age", Column::Numbers(ages.to_vec())).unwrap();
        let towns = towns.iter().map(|&town| Some(town.to_owned())).collect();
        table.push("town", Column::Text(towns)).unwrap();
        table
    }

    #[test]
    fn fill_leaks() {
        let train = table(
            &[Some(1.0), None, Some(3.0), Some(2.0)],
            &["a", "b", "a", "c"],
        );
        let test = table(
            &[Some(100.0), None, Some(-7.0), Some(300.0)],
            &["a", "z", "b", "a"],
        );
        let fitted = (
            Fill::Mean.fit(&train, "age").unwrap(),
            Outliers::InterquartileRange(1.5)
                .fit(&train, "age")
                .unwrap(),
            Categories::fit(&train, "town")
                .unwrap()
                .with_other("other")
                .unwrap(),
        );
        // What the training table says, not the test table: mean 2, quartiles 1.5 and 2.5.
        assert_eq!(fitted.1.range(), (0.0, 4.0));
        let json = serde_json::to_string(&fitted).unwrap();
        let (mean, limits, towns): (Filling, OutlierLimits, Categories) =
            serde_json::from_str(&json).unwrap();
        assert_eq!((&mean, &limits, &towns), (&fitted.0, &fitted.1, &fitted.2));
        let mut clipped = test.clone();
        assert_eq!(mean.apply(&mut clipped).unwrap(), 1);
        assert_eq!(limits.apply(&mut clipped, Remedy::Clip).unwrap(), 3);
        assert_eq!(
            clipped.column("age").unwrap(),
            &Column::Numbers([4.0, 2.0, 0.0, 4.0].map(Some).to_vec())
        );
        towns.one_hot(&mut clipped).unwrap();
        assert_eq!(
            clipped.names().collect::<Vec<_>>(),
            ["age", "town=a", "town=b", "town=c", "town=other"]
        );
        assert_eq!(
            clipped.column("town=other").unwrap(),
            &Column::Numbers([0.0, 1.0, 0.0, 0.0].map(Some).to_vec())
        );
        assert_eq!(towns.classes(&test).unwrap().0, [0, 3, 1, 0]);
        let mut dropped = test.clone();
        assert_eq!(limits.apply(&mut dropped, Remedy::Drop).unwrap(), 3);
        // Without a category for others, one that is unknown is refused.
        let strict = Categories::fit(&train, "town").unwrap();
        assert_eq!(
            strict.one_hot(&mut test.clone()).unwrap_err().to_string(),
            "column `town`: expected one of `a`, `b`, `c`, found `z` in row 1"
        );
        assert!(strict.with_other("a").is_err());
        let often = towns.at_least(&train, 2).unwrap();
        assert_eq!(often.names(), ["a", "other"]);
        assert_eq!(often.classes(&train).unwrap().0, [0, 1, 0, 1]);
    }

    #[test]
    fn damaged_objects_are_errors() {
        for json in [
            r#"{"column":"a","names":["x","x"],"other":false}"#,
            r#"{"column":"a","names":[],"other":false}"#,
            r#"{"column":"a","names":["x"]}"#,
        ] {
            assert!(serde_json::from_str::<Categories>(json).is_err(), "{json}");
        }
        let limits: OutlierLimits =
            serde_json::from_str(r#"{"column":"age","low":5.0,"high":1.0}"#).unwrap();
        let mut table = table(&[Some(1.0)], &["a"]);
        assert!(limits.apply(&mut table, Remedy::Clip).is_err());
        assert!(limits.apply(&mut table, Remedy::Drop).is_err());
    }
}

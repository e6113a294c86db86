//! What turns any table into what a network takes, as it was learnt from the training rows.

use super::csv::CsvOptions;
use super::{Categories, Column, DatePart, Filling, OutlierLimits, Remedy, Table};
use crate::data::normalize::Normalizer;
use crate::data::{Classes, ColumnNames, DataError, Dataset, Input, Values};
use ndarray::{Array, Dimension, Ix2};
use serde::{Deserialize, Serialize};
use std::fmt;

/// All that was learnt from a training table by [`Preprocessing::fit`](super::Preprocessing::fit): it makes inputs and targets of any
/// table, always the same way. It is saved with the weights, `Extras::new().with("preprocessor", &it)`.
///
/// Columns are found by their names; their order and other columns don't matter. Printed, it says in words what it does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preprocessor {
    pub(super) columns: Vec<RawColumn>,
    /// How the training file was read, if there was one.
    pub(super) csv: Option<CsvOptions>,
    pub(super) steps: Vec<Step>,
    /// The names of the features after all steps.
    pub(super) features: Vec<String>,
    /// Those that have the same value in all training rows.
    pub(super) constant: Vec<String>,
    pub(super) normalizer: Option<Normalizer>,
    pub(super) target: Option<Target>,
}

/// A feature as it stands in a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawColumn {
    name: String,
    kind: Kind,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Numbers,
    Text,
}

/// A step that has learnt what it needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Step {
    Dates {
        column: String,
        format: Option<String>,
        parts: Vec<DatePart>,
    },
    Fill(Filling),
    Clip(OutlierLimits),
    OneHot(Categories),
    Ordinal(Categories),
}

/// What is to be predicted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Target {
    Classes(Categories),
    Values {
        columns: Vec<String>,
        normalizer: Option<Normalizer>,
    },
}

impl Kind {
    pub(super) fn of(column: &Column) -> Self {
        match column {
            Column::Numbers(_) => Self::Numbers,
            Column::Text(_) => Self::Text,
        }
    }
}

impl RawColumn {
    pub(super) fn of(table: &Table, name: &str) -> Result<Self, DataError> {
        Ok(Self {
            name: name.to_owned(),
            kind: Kind::of(table.column(name)?),
        })
    }
}

impl Step {
    pub(super) fn apply(&self, table: &mut Table) -> Result<(), DataError> {
        match self {
            Self::Dates {
                column,
                format: None,
                parts,
            } => table.date_parts(column, parts),
            Self::Dates {
                column,
                format: Some(format),
                parts,
            } => table.date_parts_in(column, format, parts),
            Self::Fill(filling) => filling.apply(table).map(drop),
            Self::Clip(limits) => limits.apply(table, Remedy::Clip).map(drop),
            Self::OneHot(categories) => categories.one_hot(table),
            Self::Ordinal(categories) => categories.encode(table),
        }
    }
}

impl Step {
    /// The one-hot column for other categories, if there is one.
    pub(super) fn other_column(&self) -> Option<String> {
        match self {
            Self::OneHot(categories) => {
                let other = categories.other()?;
                Some(format!("{}={other}", categories.column()))
            }
            _ => None,
        }
    }
}

impl Preprocessor {
    /// The names of the features that a network gets, columns of categories each for itself.
    pub fn features(&self) -> &[String] {
        &self.features
    }

    /// Features that have the same value in all training rows, so that a network learns nothing from them; another value later is
    /// one that it has never seen.
    pub fn constant_features(&self) -> &[String] {
        &self.constant
    }

    /// The names of the classes, in the order of their numbers; `None` if numbers are predicted.
    pub fn class_names(&self) -> Option<&[String]> {
        match &self.target {
            Some(Target::Classes(categories)) => Some(categories.names()),
            _ => None,
        }
    }

    /// How a file is to be read so that its columns are what those of the training file were: with the same signs and markers, the
    /// same columns text and numbers. Other columns may be missing, those of the targets too.
    ///
    /// ```
    /// # use shapeflow_runtime as shapeflow;
    /// use shapeflow::data::table::{Preprocessing, Table};
    ///
    /// let train = Table::parse_csv("zip,price\n01067,10\n80331,20\n")?;
    /// let prepared = Preprocessing::new(&["zip"]).one_hot("zip").targets(&["price"]).fit(&train)?;
    /// // Alone, `80331` would be a number.
    /// let row = prepared.csv().parse("zip\n80331\n")?;
    /// assert_eq!(prepared.inputs(&row)?.iter().collect::<Vec<_>>(), [&0.0, &1.0]);
    /// # Ok::<(), shapeflow_runtime::data::DataError>(())
    /// ```
    pub fn csv(&self) -> CsvOptions {
        let of = |kind| -> Vec<&str> {
            let columns = self
                .columns
                .iter()
                .filter(move |column| column.kind == kind);
            columns.map(|column| column.name.as_str()).collect()
        };
        let options = self.csv.clone().unwrap_or_default();
        options.with_kinds(&of(Kind::Text), &of(Kind::Numbers))
    }

    /// What a network takes for the rows of a table: `(rows, features)`, with the names of the features.
    ///
    /// # Errors
    ///
    /// If a feature isn't there, isn't what it was in training, has a missing value that no step fills, or a category that isn't
    /// known; or there are no rows.
    pub fn inputs(&self, table: &Table) -> Result<Input, DataError> {
        let mut rows = self.conform(table)?;
        for step in &self.steps {
            step.apply(&mut rows)?;
        }
        let input = rows.features(&self.features)?;
        match &self.normalizer {
            Some(normalizer) => normalizer.transform_input(input),
            None => Ok(input),
        }
    }

    /// Inputs and numbers to predict, normalised where that was asked for.
    ///
    /// # Errors
    ///
    /// Those of [`inputs`](Self::inputs), if no numbers are to be predicted, or one is missing.
    pub fn regression(&self, table: &Table) -> Result<Dataset<Values>, DataError> {
        let Some(Target::Values {
            columns,
            normalizer,
        }) = &self.target
        else {
            return Err(self.no_target("numbers", "targets(&[..])"));
        };
        let mut targets = table.input(columns)?;
        if let Some(normalizer) = normalizer {
            targets = normalizer.transform_input(targets)?;
        }
        targets.check_resolved("the targets")?;
        let names = targets.columns().cloned();
        // Columns of a table are two axes.
        let values = targets
            .into_dimensionality::<Ix2>()
            .map_err(|_| self.no_target("numbers", "targets(&[..])"))?;
        let set = Dataset::new(self.inputs(table)?, Values::new(values))?;
        Ok(set.with_target_columns(names))
    }

    /// Inputs and classes to predict, with the names of the classes.
    ///
    /// # Errors
    ///
    /// Those of [`inputs`](Self::inputs), if no classes are to be predicted, or one is missing or didn't come in training.
    pub fn classification(&self, table: &Table) -> Result<Dataset<Classes>, DataError> {
        let Some(Target::Classes(categories)) = &self.target else {
            return Err(self.no_target("classes", "classes(..)"));
        };
        let set = Dataset::new(self.inputs(table)?, categories.classes(table)?)?;
        let set = set.with_class_names(categories.names())?;
        Ok(set.with_target_columns(Some(ColumnNames::new([categories.column()]))))
    }

    /// Predicted numbers as they stand in a table, no longer normalised: `(rows, targets)`.
    ///
    /// # Errors
    ///
    /// If there are more or fewer columns than targets, or no numbers are predicted.
    pub fn original<D: Dimension>(
        &self,
        predictions: Array<f32, D>,
    ) -> Result<Array<f32, D>, DataError> {
        match &self.target {
            Some(Target::Values {
                normalizer: Some(normalizer),
                ..
            }) => normalizer.inverse(predictions),
            Some(Target::Values { .. }) => Ok(predictions),
            _ => Err(self.no_target("numbers", "targets(&[..])")),
        }
    }

    fn no_target(&self, wanted: &str, how: &str) -> DataError {
        let found = match &self.target {
            Some(Target::Classes(categories)) => {
                format!("the classes of `{}`", categories.column())
            }
            Some(Target::Values { columns, .. }) => {
                format!("the numbers of `{}`", columns.join("`, `"))
            }
            None => "none".to_owned(),
        };
        DataError::argument(
            "targets of the preprocessing",
            format!("{wanted} to predict (`Preprocessing::{how}`)"),
            found,
        )
    }

    /// The features of a table, each of the kind that it had in training.
    fn conform(&self, table: &Table) -> Result<Table, DataError> {
        let names: Vec<&str> = self
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .collect();
        let mut rows = table.only(&names)?;
        for RawColumn { name, kind } in &self.columns {
            rows.read_again(name, *kind == Kind::Numbers, self.csv.as_ref())?;
        }
        Ok(rows)
    }
}

impl fmt::Display for Preprocessor {
    /// What it does, a line for each step.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            writeln!(f, "{step}")?;
        }
        if let Some(normalizer) = &self.normalizer {
            writeln!(f, "all: normalised ({})", normalizer.rule())?;
        }
        for name in &self.constant {
            writeln!(f, "{name}: the same value in all training rows")?;
        }
        write!(f, "features: {}", self.features.join(", "))?;
        match &self.target {
            None => Ok(()),
            Some(Target::Classes(classes)) => {
                write!(
                    f,
                    "\nclasses of {}: {}",
                    classes.column(),
                    classes.names().join(", ")
                )
            }
            Some(Target::Values { columns, .. }) => write!(f, "\ntargets: {}", columns.join(", ")),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dates { column, .. } => write!(f, "{column}: numbers of dates"),
            Self::Fill(filling) => write!(
                f,
                "{}: missing values become {}",
                filling.column(),
                filling.with()
            ),
            Self::Clip(limits) => {
                let (low, high) = limits.range();
                write!(f, "{}: clipped to {low:.6} to {high:.6}", limits.column())
            }
            Self::OneHot(categories) => {
                write!(
                    f,
                    "{}: a column for each of {}",
                    categories.column(),
                    categories.names().join(", ")
                )
            }
            Self::Ordinal(categories) => {
                write!(
                    f,
                    "{}: the number in {}",
                    categories.column(),
                    categories.names().join(", ")
                )
            }
        }
    }
}

#[cfg(test)]
mod tests;

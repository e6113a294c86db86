//! What turns a table into what a network takes, step by step, before it has seen data.

use super::preprocessor::{Kind, Preprocessor, RawColumn, Step, Target};
use super::{Categories, DatePart, Fill, Outliers, Table};
use crate::data::DataError;
use crate::data::normalize::Rule;

/// The way from the columns of a table to the inputs and targets of a network: what [`fit`](Self::fit) learns from the training rows, all
/// in one object.
///
/// Steps are taken in the order in which they are given; normalising comes last. They change copies, never the table.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::data::normalize::Standardize;
/// use shapeflow::data::table::{Fill, Preprocessing, Table};
///
/// let sold = Table::parse_csv("area,town,price\n50,Ulm,200\n,Bonn,310\n80,Ulm,320\n110,Bonn,460\n")?;
/// let (train, test) = sold.split(0.75, 1)?;
/// let prepared = Preprocessing::new(&["area", "town"])
///     .fill("area", Fill::Median)
///     .one_hot_or("town", "other")
///     .normalize(Standardize::per_column())
///     .targets(&["price"])
///     .normalize_targets(Standardize::per_column())
///     .fit(&train)?;
/// let (train, test) = (prepared.regression(&train)?, prepared.regression(&test)?);
/// assert_eq!(train.feature_names(0).unwrap()[0], "area");
/// assert_eq!(test.target_names(0).unwrap(), ["price"]);
///
/// let one = Table::from_row([("town", "Paris"), ("area", "72")])?;
/// assert_eq!(prepared.inputs(&one)?.shape(), [1, prepared.features().len()]);
/// # Ok::<(), shapeflow_runtime::data::DataError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Preprocessing {
    features: Vec<String>,
    steps: Vec<Plan>,
    normalize: Option<Rule>,
    target: Option<Wanted>,
    normalize_targets: Option<Rule>,
}

/// A step that has learnt nothing yet.
#[derive(Clone, Debug)]
enum Plan {
    Dates(String, Option<String>, Vec<DatePart>),
    Fill(String, Fill),
    Clip(String, Outliers),
    OneHot(String, Option<(String, usize)>),
    Ordinal(String, Vec<String>),
}

#[derive(Clone, Debug)]
enum Wanted {
    Classes(String),
    Values(Vec<String>),
}

impl Preprocessing {
    /// These columns are the features, in this order. What isn't named is left alone.
    pub fn new(features: &[impl AsRef<str>]) -> Self {
        Self {
            features: owned(features),
            steps: Vec::new(),
            normalize: None,
            target: None,
            normalize_targets: None,
        }
    }

    /// A column of dates becomes numbers, as by [`Table::date_parts`].
    pub fn dates(self, column: impl Into<String>, parts: &[DatePart]) -> Self {
        self.then(Plan::Dates(column.into(), None, parts.to_vec()))
    }

    /// The same for dates in a format of their own, as by [`Table::date_parts_in`].
    pub fn dates_in(
        self,
        column: impl Into<String>,
        format: impl Into<String>,
        parts: &[DatePart],
    ) -> Self {
        self.then(Plan::Dates(
            column.into(),
            Some(format.into()),
            parts.to_vec(),
        ))
    }

    /// Missing values of a column are filled with what the training rows say.
    pub fn fill(self, column: impl Into<String>, fill: Fill) -> Self {
        self.then(Plan::Fill(column.into(), fill))
    }

    /// Numbers of a column are brought within the limits of the training rows. (Rows with outliers are dropped from the training table
    /// before it is given to `fit`; a row to predict can't be dropped.)
    pub fn clip(self, column: impl Into<String>, which: Outliers) -> Self {
        self.then(Plan::Clip(column.into(), which))
    }

    /// A column becomes one column of 0 and 1 for each of its categories. A category that comes later is an error.
    pub fn one_hot(self, column: impl Into<String>) -> Self {
        self.then(Plan::OneHot(column.into(), None))
    }

    /// The same with a category of this name more, for all that come later.
    pub fn one_hot_or(self, column: impl Into<String>, other: impl Into<String>) -> Self {
        self.one_hot_of_common(column, other, 1)
    }

    /// The same, where categories that come fewer than so many times in the training rows are counted with the others too.
    pub fn one_hot_of_common(
        self,
        column: impl Into<String>,
        other: impl Into<String>,
        times: usize,
    ) -> Self {
        self.then(Plan::OneHot(column.into(), Some((other.into(), times))))
    }

    /// Categories that have an order become their number in it, from 0.
    pub fn ordinal(self, column: impl Into<String>, order: &[impl AsRef<str>]) -> Self {
        self.then(Plan::Ordinal(column.into(), owned(order)))
    }

    /// All features are normalised at last.
    pub fn normalize(mut self, rule: impl Into<Rule>) -> Self {
        self.normalize = Some(rule.into());
        self
    }

    /// A column of classes is to be predicted.
    pub fn classes(mut self, column: impl Into<String>) -> Self {
        self.target = Some(Wanted::Classes(column.into()));
        self
    }

    /// The numbers of these columns are to be predicted.
    pub fn targets(mut self, columns: &[impl AsRef<str>]) -> Self {
        self.target = Some(Wanted::Values(owned(columns)));
        self
    }

    /// Numbers to be predicted are normalised; [`Preprocessor::original`] brings predictions back.
    pub fn normalize_targets(mut self, rule: impl Into<Rule>) -> Self {
        self.normalize_targets = Some(rule.into());
        self
    }

    fn then(mut self, step: Plan) -> Self {
        self.steps.push(step);
        self
    }

    /// Learns from the training rows, and from nothing else, all that the steps need.
    ///
    /// # Errors
    ///
    /// If there is no such column, a column is feature and target, a step can't be learnt, or a feature is text or has missing values
    /// after all steps.
    pub fn fit(&self, table: &Table) -> Result<Preprocessor, DataError> {
        let target = self.fit_target(table)?;
        let mut rows = table.only(&self.features)?;
        let columns = self.features.iter().map(|name| RawColumn::of(table, name));
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        let mut steps = Vec::with_capacity(self.steps.len());
        for plan in &self.steps {
            let step = plan.fit(&rows)?;
            step.apply(&mut rows)?;
            steps.push(step);
        }
        let features: Vec<String> = rows.names().map(str::to_owned).collect();
        for name in &features {
            if Kind::of(rows.column(name)?) == Kind::Text {
                return Err(DataError::column(
                    name,
                    "numbers after all steps (`one_hot` and `ordinal` make them of categories, `dates` of dates)",
                    "text",
                ));
            }
        }
        let input = rows.features(&features)?;
        // A column for other categories is empty in training: they are what comes later.
        let others: Vec<String> = steps.iter().filter_map(Step::other_column).collect();
        let mut constant = rows.constant_columns();
        constant.retain(|name| !others.contains(name));
        let normalizer = self.normalize.map(|rule| rule.fit(&input)).transpose()?;
        Ok(Preprocessor {
            columns,
            csv: table.csv.clone(),
            steps,
            features,
            constant,
            normalizer,
            target,
        })
    }

    fn fit_target(&self, table: &Table) -> Result<Option<Target>, DataError> {
        let names: Vec<&str> = match &self.target {
            Some(Wanted::Classes(column)) => vec![column],
            Some(Wanted::Values(columns)) => columns.iter().map(String::as_str).collect(),
            None => Vec::new(),
        };
        if let Some(both) = names
            .iter()
            .find(|&&name| self.features.iter().any(|feature| feature == name))
        {
            return Err(DataError::column(both, "a feature or a target", "both"));
        }
        if self.normalize_targets.is_some() && !matches!(self.target, Some(Wanted::Values(_))) {
            return Err(DataError::argument(
                "normalising of targets",
                "numbers to predict (`Preprocessing::targets`)",
                if self.target.is_some() {
                    "classes"
                } else {
                    "none"
                },
            ));
        }
        Ok(match &self.target {
            None => None,
            Some(Wanted::Classes(column)) => {
                table.check_classes(column)?;
                Some(Target::Classes(Categories::fit(table, column)?))
            }
            Some(Wanted::Values(columns)) => {
                let numbers = table.input(columns)?;
                let normalizer = self.normalize_targets.map(|rule| rule.fit(&numbers));
                Some(Target::Values {
                    columns: columns.clone(),
                    normalizer: normalizer.transpose()?,
                })
            }
        })
    }
}

impl Plan {
    fn fit(&self, table: &Table) -> Result<Step, DataError> {
        Ok(match self {
            Self::Dates(column, format, parts) => Step::Dates {
                column: column.clone(),
                format: format.clone(),
                parts: parts.clone(),
            },
            Self::Fill(column, fill) => Step::Fill(fill.fit(table, column)?),
            Self::Clip(column, which) => Step::Clip(which.fit(table, column)?),
            Self::OneHot(column, None) => Step::OneHot(Categories::fit(table, column)?),
            Self::OneHot(column, Some((other, times))) => {
                let categories = Categories::fit(table, column)?.with_other(other)?;
                Step::OneHot(categories.at_least(table, *times)?)
            }
            Self::Ordinal(column, order) => Step::Ordinal(Categories::in_order(column, order)?),
        })
    }
}

fn owned(names: &[impl AsRef<str>]) -> Vec<String> {
    names.iter().map(|name| name.as_ref().to_owned()).collect()
}

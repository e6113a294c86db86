//! The columns of an input or of targets: their names, and how their numbers were changed.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The names of the columns along the last axis of an input or of targets, and what was done to the numbers of each, such as
/// normalising them.
///
/// Data sets from tables carry them, a model learns them in training, and its file holds them: data whose columns have other names,
/// stand in another order or were normalised otherwise is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub struct ColumnNames {
    names: Arc<[String]>,
    /// What was done to the numbers of each column, empty for nothing; none at all where nothing was done to any.
    changes: Arc<[String]>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "the names of columns")]
struct Stored {
    names: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    changes: Vec<String>,
}

impl ColumnNames {
    /// Columns of these names, from left to right, whose numbers are as they came.
    pub fn new(names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            names: names.into_iter().map(Into::into).collect(),
            changes: Arc::from([]),
        }
    }

    /// The names, from left to right.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// What was done to the numbers of a column, in words; empty for nothing.
    pub fn change(&self, column: usize) -> &str {
        self.changes.get(column).map_or("", String::as_str)
    }

    /// Columns of these names, to which was done what was to these.
    pub(crate) fn renamed(&self, names: &[String]) -> Self {
        Self {
            names: names.into(),
            changes: self.changes.clone(),
        }
    }

    /// The same columns after something was done to each.
    pub(crate) fn changed(&self, how: impl Fn(usize) -> String) -> Self {
        let changes = (0..self.names.len()).map(|column| {
            let (before, how) = (self.change(column), how(column));
            let then = if before.is_empty() || how.is_empty() {
                ""
            } else {
                ", then "
            };
            format!("{before}{then}{how}")
        });
        let changes: Arc<[String]> = changes.collect();
        Self {
            names: self.names.clone(),
            changes: if changes.iter().all(String::is_empty) {
                Arc::from([])
            } else {
                changes
            },
        }
    }

    /// What was expected and what was found, in words, if these aren't the same columns as others, those of `whose`.
    pub(crate) fn difference(&self, expected: &Self, whose: &str) -> Option<(String, String)> {
        if self.names != expected.names {
            let pairs = expected.names.iter().zip(self.names.iter());
            let alike = pairs.take_while(|(expected, found)| expected == found);
            let first = alike.count();
            let mut sorted = [&expected.names, &self.names].map(|names| names.to_vec());
            sorted.iter_mut().for_each(|names| names.sort());
            let order = match sorted[0] == sorted[1] {
                true => ", the same in another order",
                false => "",
            };
            return Some((
                format!("the columns of {whose}, {}", list(&expected.names, first)),
                format!("{}{order}", list(&self.names, first)),
            ));
        }
        let columns = 0..self.names.len();
        let other = |&column: &usize| self.change(column) != expected.change(column);
        let column = columns.into_iter().find(other)?;
        let how = |columns: &Self| match columns.change(column) {
            "" => "as it came".to_owned(),
            change => change.to_owned(),
        };
        Some((
            format!(
                "column `{}` as in {whose}, {}",
                self.names[column],
                how(expected)
            ),
            format!(
                "{} (what is fitted on the training data is applied to all data)",
                how(self)
            ),
        ))
    }
}

/// Some names, from one before the first that matters on.
fn list(names: &[String], first: usize) -> String {
    const SHOWN: usize = 8;
    let first = if names.len() <= SHOWN {
        0
    } else {
        first.saturating_sub(1)
    };
    let mut shown: Vec<String> = names
        .iter()
        .skip(first)
        .take(SHOWN)
        .map(|name| format!("`{name}`"))
        .collect();
    if first > 0 {
        shown.insert(0, format!("{first} more"));
    }
    let after = names.len().saturating_sub(first + SHOWN);
    if after > 0 {
        shown.push(format!("{after} more"));
    }
    if shown.is_empty() {
        return "none".into();
    }
    shown.join(", ")
}

impl From<Stored> for ColumnNames {
    fn from(Stored { names, changes }: Stored) -> Self {
        Self {
            names: names.into(),
            changes: changes.into(),
        }
    }
}

impl From<ColumnNames> for Stored {
    fn from(columns: ColumnNames) -> Self {
        Self {
            names: columns.names.to_vec(),
            changes: columns.changes.to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_says_what_it_is() {
        let two = ColumnNames::new(["age", "town=Bonn"]);
        assert_eq!(two.difference(&two.clone(), "the training data"), None);
        let turned = ColumnNames::new(["town=Bonn", "age"]);
        assert_eq!(
            turned.difference(&two, "the training data").unwrap(),
            (
                "the columns of the training data, `age`, `town=Bonn`".to_owned(),
                "`town=Bonn`, `age`, the same in another order".to_owned()
            )
        );
        let scaled = two.changed(|column| ["", "halved"][column].to_owned());
        assert_eq!(
            two.difference(&scaled, "the training data").unwrap(),
            (
                "column `town=Bonn` as in the training data, halved".to_owned(),
                "as it came (what is fitted on the training data is applied to all data)"
                    .to_owned()
            )
        );
        let again = scaled.changed(|_| "squared".to_owned());
        assert_eq!(
            (again.change(0), again.change(1)),
            ("squared", "halved, then squared")
        );
        assert_eq!(two.changed(|_| String::new()), two);
        let json = serde_json::to_string(&again).unwrap();
        assert_eq!(serde_json::from_str::<ColumnNames>(&json).unwrap(), again);
    }

    #[test]
    fn of_many_columns_those_around_the_first_difference_are_shown() {
        let names: Vec<String> = (0..100).map(|i| format!("c{i}")).collect();
        let mut other = names.clone();
        other[50] = "x".into();
        let (expected, found) = ColumnNames::new(other)
            .difference(&ColumnNames::new(names), "it")
            .unwrap();
        assert!(
            expected.starts_with("the columns of it, 49 more, `c49`, `c50`,"),
            "{expected}"
        );
        assert!(
            found.starts_with("49 more, `c49`, `x`, `c51`,") && found.ends_with(", 43 more"),
            "{found}"
        );
    }
}

//! What training measured, epoch by epoch.

use super::FigureError;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::fmt;

/// One epoch: its figures, learning rate and time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EpochRecord {
    /// The epoch's number, counted from 1.
    pub epoch: usize,
    /// Figures by name, in the order in which they are shown: `loss`, metrics, `val_loss`, validation metrics.
    ///
    /// Training figures are means over the epoch while the weights change; `val_` figures are those of the weights at
    /// the epoch's end.
    #[serde(with = "figures")]
    pub figures: Vec<(String, f64)>,
    /// The learning rate of the epoch's last step.
    pub learning_rate: f64,
    /// How long the epoch took, validation included, in seconds.
    pub seconds: f64,
}

impl EpochRecord {
    /// The figure of that name.
    ///
    /// # Errors
    /// [`FigureError::Unknown`] if this epoch has none, with the nearest name.
    pub fn get(&self, name: &str) -> Result<f64, FigureError> {
        self.find(name).ok_or_else(|| {
            let known: Vec<&str> = self.figures.iter().map(|(name, _)| name.as_str()).collect();
            FigureError::unknown_of_run(name, &known)
        })
    }

    /// The figure of that name, where epochs may differ in what they have.
    pub(crate) fn find(&self, name: &str) -> Option<f64> {
        let mut figures = self.figures.iter();
        figures
            .find(|(figure, _)| figure == name)
            .map(|&(_, value)| value)
    }
}

/// The epochs of a training run: what [`Fit::run`](super::Fit::run) returns.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::training::{EpochRecord, History};
/// let mut history = History::default();
/// for (epoch, loss) in [(1, 0.9), (2, 0.4)] {
///     let figures = vec![("loss".to_string(), loss), ("val_loss".to_string(), loss + 0.1)];
///     history.push(EpochRecord { epoch, figures, learning_rate: 0.001, seconds: 1.5 });
/// }
/// assert_eq!(history.series("loss")?, [0.9, 0.4]);
/// assert_eq!(history.last("val_loss")?, 0.5);
/// assert_eq!(history.lowest("val_loss")?, (2, 0.5));
/// println!("{history}");
/// let misspelt = history.last("val_los").unwrap_err().to_string();
/// assert_eq!(misspelt, "there is no figure `val_los`; did you mean `val_loss`?");
/// # Ok::<(), shapeflow::training::FigureError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct History {
    pub(super) epochs: Vec<EpochRecord>,
}

impl History {
    /// Adds an epoch.
    pub fn push(&mut self, epoch: EpochRecord) {
        self.epochs.push(epoch);
    }

    /// All epochs, in order.
    pub fn epochs(&self) -> &[EpochRecord] {
        &self.epochs
    }

    /// The number of epochs.
    pub fn len(&self) -> usize {
        self.epochs.len()
    }

    /// Whether no epoch has been finished.
    pub fn is_empty(&self) -> bool {
        self.epochs.is_empty()
    }

    /// Whether epochs and figures are such as a run makes: epochs in order, names of figures that differ, times and rates
    /// that are numbers.
    pub(super) fn check(&self) -> Result<(), String> {
        let mut before = 0;
        for record in &self.epochs {
            let epoch = record.epoch;
            if epoch <= before {
                return Err(format!("epoch {epoch} comes after epoch {before}"));
            }
            let mut names = HashSet::new();
            if let Some((name, _)) = record.figures.iter().find(|(name, _)| !names.insert(name)) {
                return Err(format!("epoch {epoch} has two figures `{name}`"));
            }
            if !(record.learning_rate.is_finite() && record.seconds.is_finite()) {
                return Err(format!(
                    "the learning rate or the time of epoch {epoch} is no finite number"
                ));
            }
            before = epoch;
        }
        Ok(())
    }

    /// The names of all figures, in the order in which they first appear.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for (name, _) in self.epochs.iter().flat_map(|epoch| &epoch.figures) {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        names
    }

    /// One figure over the epochs that have it: `loss`, `accuracy`, `val_loss`, ...
    ///
    /// # Errors
    /// [`FigureError::Unknown`] if no epoch has it, with the nearest name.
    pub fn series(&self, name: &str) -> Result<Vec<f64>, FigureError> {
        let epochs = self.epochs.iter();
        let values: Vec<f64> = epochs.filter_map(|epoch| epoch.find(name)).collect();
        match values.is_empty() {
            false => Ok(values),
            true => Err(self.unknown(name)),
        }
    }

    /// A figure of the last epoch.
    ///
    /// # Errors
    /// [`FigureError::Unknown`] if that has none, with the nearest name.
    pub fn last(&self, name: &str) -> Result<f64, FigureError> {
        match self.epochs.last() {
            Some(epoch) => epoch.get(name),
            None => Err(self.unknown(name)),
        }
    }

    /// The epoch (from 1) with the lowest value of a figure, and that value. NaN is passed over.
    ///
    /// # Errors
    /// A [`FigureError`] if no epoch has it, or it is NaN in every epoch.
    pub fn lowest(&self, name: &str) -> Result<(usize, f64), FigureError> {
        self.best(name, |a, b| a < b)
    }

    /// The epoch (from 1) with the highest value of a figure, and that value. NaN is passed over.
    ///
    /// # Errors
    /// As [`lowest`](Self::lowest).
    pub fn highest(&self, name: &str) -> Result<(usize, f64), FigureError> {
        self.best(name, |a, b| a > b)
    }

    fn best(
        &self,
        name: &str,
        better: impl Fn(f64, f64) -> bool,
    ) -> Result<(usize, f64), FigureError> {
        let (mut best, mut measured): (Option<(usize, f64)>, bool) = (None, false);
        for epoch in &self.epochs {
            let Some(value) = epoch.find(name) else {
                continue;
            };
            measured = true;
            if !value.is_nan() && best.is_none_or(|(_, so_far)| better(value, so_far)) {
                best = Some((epoch.epoch, value));
            }
        }
        best.ok_or_else(|| match measured {
            true => FigureError::NeverANumber { name: name.into() },
            false => self.unknown(name),
        })
    }

    fn unknown(&self, name: &str) -> FigureError {
        FigureError::unknown_of_run(name, &self.names())
    }

    /// The time of all epochs together, in seconds.
    pub fn seconds(&self) -> f64 {
        self.epochs.iter().map(|epoch| epoch.seconds).sum()
    }
}

impl fmt::Display for History {
    /// A table with one line per epoch.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.names();
        let mut columns: Vec<Vec<String>> = Vec::new();
        let column = |title: &str, cell: &dyn Fn(&EpochRecord) -> String| {
            std::iter::once(title.to_string())
                .chain(self.epochs.iter().map(cell))
                .collect()
        };
        columns.push(column("epoch", &|epoch| epoch.epoch.to_string()));
        for name in names {
            columns.push(column(name, &|epoch| {
                epoch.find(name).map_or(String::new(), figure)
            }));
        }
        columns.push(column("learning rate", &|epoch| {
            figure(epoch.learning_rate)
        }));
        columns.push(column("seconds", &|epoch| format!("{:.1}", epoch.seconds)));
        let widths: Vec<usize> = columns
            .iter()
            .map(|cells: &Vec<String>| cells.iter().map(|c| c.chars().count()).max().unwrap_or(0))
            .collect();
        for row in 0..=self.epochs.len() {
            if row > 0 {
                writeln!(f)?;
            }
            for (index, (cells, width)) in columns.iter().zip(&widths).enumerate() {
                let gap = if index > 0 { "  " } else { "" };
                write!(f, "{gap}{:>width$}", cells[row])?;
            }
        }
        Ok(())
    }
}

/// A figure with four digits that mean something: `0.1234`, `12.34`, `0.0000123`.
pub(crate) fn figure(value: f64) -> String {
    let size = value.abs();
    if !value.is_finite() || value == 0.0 {
        format!("{value}")
    } else if !(1e-4..1e6).contains(&size) {
        format!("{value:.3e}")
    } else if size >= 1000.0 {
        format!("{value:.1}")
    } else if size >= 10.0 {
        format!("{value:.2}")
    } else if size >= 1e-2 {
        format!("{value:.4}")
    } else {
        format!("{value:.6}")
    }
}

/// Figures as a JSON list of pairs, which keeps their order. JSON has no NaN and no infinities: these
/// are the strings `NaN`, `inf` and `-inf`.
mod figures {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    enum Value {
        Number(f64),
        Word(String),
    }

    pub fn serialize<S: Serializer>(figures: &[(String, f64)], to: S) -> Result<S::Ok, S::Error> {
        let pairs = figures.iter().map(|(name, value)| {
            (
                name,
                if value.is_finite() {
                    Value::Number(*value)
                } else {
                    Value::Word(value.to_string())
                },
            )
        });
        to.collect_seq(pairs)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<(String, f64)>, D::Error> {
        let pairs = Vec::<(String, Value)>::deserialize(from)?;
        pairs
            .into_iter()
            .map(|(name, value)| match value {
                Value::Number(number) => Ok((name, number)),
                Value::Word(word) => match word.parse() {
                    Ok(number) => Ok((name, number)),
                    Err(_) => Err(serde::de::Error::custom(format!(
                        "`{name}` is `{word}`, expected a number"
                    ))),
                },
            })
            .collect()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Three epochs, the best validation loss in the second.
    pub(crate) fn sample() -> History {
        let rows = [
            (0.9, 0.61, 0.8, 0.65),
            (0.5, 0.8, 0.52, 0.79),
            (0.3125, 0.91, 0.6, 0.78),
        ];
        let epochs =
            rows.iter()
                .enumerate()
                .map(
                    |(index, &(loss, accuracy, val_loss, val_accuracy))| EpochRecord {
                        epoch: index + 1,
                        figures: [
                            ("loss", loss),
                            ("accuracy", accuracy),
                            ("val_loss", val_loss),
                            ("val_accuracy", val_accuracy),
                        ]
                        .map(|(name, value)| (name.to_string(), value))
                        .into(),
                        learning_rate: 0.001,
                        seconds: 2.25,
                    },
                );
        History {
            epochs: epochs.collect(),
        }
    }

    #[test]
    fn the_best_epoch_is_found_in_either_direction() {
        let mut history = sample();
        assert_eq!(history.lowest("val_loss"), Ok((2, 0.52)));
        assert_eq!(history.highest("accuracy"), Ok((3, 0.91)));
        history.epochs[1].figures[2].1 = f64::NAN;
        assert_eq!(history.lowest("val_loss"), Ok((3, 0.6)));
        for epoch in &mut history.epochs {
            epoch.figures[2].1 = f64::NAN;
        }
        let none = history.lowest("val_loss").unwrap_err().to_string();
        assert_eq!(none, "`val_loss` is NaN in every epoch");
    }

    #[test]
    fn a_misspelt_figure_is_an_error_with_the_nearest_name() {
        let history = sample();
        let nearest = "there is no figure `acuracy`; did you mean `accuracy`?";
        let all = "there is no figure `xyzxyzxyzxyz`; there are `loss`, `accuracy`, `val_loss`, `val_accuracy`";
        for (name, expected) in [("acuracy", nearest), ("xyzxyzxyzxyz", all)] {
            let errors = [
                history.last(name).unwrap_err(),
                history.series(name).unwrap_err(),
                history.lowest(name).unwrap_err(),
                history.highest(name).unwrap_err(),
                history.epochs[0].get(name).unwrap_err(),
            ];
            assert!(errors.iter().all(|error| error.to_string() == expected));
        }
        let empty = History::default().last("loss").unwrap_err().to_string();
        assert_eq!(
            empty,
            "there is no figure `loss`: no epoch has been finished"
        );
    }

    #[test]
    fn a_figure_of_validation_that_was_not_asked_for_says_what_gives_it() {
        let mut history = sample();
        for epoch in &mut history.epochs {
            epoch.figures.truncate(2);
        }
        assert_eq!(
            history.last("val_loss").unwrap_err().to_string(),
            "there is no figure `val_loss`; give the run validation data with `.validation(&data)`"
        );
    }

    #[test]
    fn the_table_has_aligned_columns() {
        let text = sample().to_string();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[0],
            "epoch    loss  accuracy  val_loss  val_accuracy  learning rate  seconds"
        );
        assert_eq!(
            lines[3],
            "    3  0.3125    0.9100    0.6000        0.7800       0.001000      2.2"
        );
        assert_eq!(lines.len(), 4);
    }

    #[test]
    fn figures_keep_four_digits() {
        let shown = [
            0.12345,
            12.345,
            1234.56,
            0.001234,
            0.00001234,
            1.0,
            0.0,
            f64::NAN,
        ]
        .map(figure);
        assert_eq!(
            shown,
            [
                "0.1235", "12.35", "1234.6", "0.001234", "1.234e-5", "1.0000", "0", "NaN"
            ]
        );
    }
}

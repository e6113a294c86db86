//! Missing values: dropping their rows, or filling them.

use super::{Change, Column, Table};
use crate::data::DataError;

/// What a missing value is filled with.
#[derive(Clone, Debug, PartialEq)]
pub enum Fill {
    /// The mean of the numbers that are there.
    Mean,
    /// Their median; of an even number, the mean of the two in the middle.
    Median,
    /// The value that stands there most often; of several the smallest, or the first in the alphabet.
    MostFrequent,
    /// This number.
    Number(f64),
    /// This text.
    Text(String),
}

impl Table {
    /// Drops the rows in which one of these columns has no value, and returns how many.
    ///
    /// # Errors
    ///
    /// If there is no such column.
    pub fn drop_missing(&mut self, columns: &[impl AsRef<str>]) -> Result<usize, DataError> {
        let mut keep = vec![true; self.rows];
        for name in columns {
            let column = self.column(name.as_ref())?;
            keep.iter_mut()
                .enumerate()
                .for_each(|(row, keep)| *keep &= !column.is_missing(row));
        }
        let rows = self.keep_rows(&keep);
        let columns = columns
            .iter()
            .map(|name| name.as_ref().to_owned())
            .collect();
        self.report.add(Change::DroppedMissing { columns, rows });
        Ok(rows)
    }

    /// Drops the rows in which any column has no value, and returns how many.
    pub fn drop_incomplete(&mut self) -> usize {
        let keep: Vec<bool> = (0..self.rows)
            .map(|row| {
                self.columns
                    .iter()
                    .all(|(_, column)| !column.is_missing(row))
            })
            .collect();
        let rows = self.keep_rows(&keep);
        self.report.add(Change::DroppedMissing {
            columns: vec!["all columns".to_owned()],
            rows,
        });
        rows
    }

    /// Fills the missing values of a column, and returns how many there were.
    ///
    /// # Errors
    ///
    /// If there is no such column, if it isn't of the kind that the value is, or if it is empty and there is nothing to
    /// compute the value from.
    pub fn fill_missing(&mut self, column: &str, fill: Fill) -> Result<usize, DataError> {
        fill.fit(self, column)?.apply(self)
    }

    /// The value, as a column of it alone, that missing ones of a column are filled with, and what it is in words.
    pub(super) fn filling(&self, column: &str, fill: &Fill) -> Result<(Column, String), DataError> {
        let empty = || {
            DataError::column(
                column,
                "at least one value to compute the filling from",
                "none",
            )
        };
        let numbers = |value: f64, rule: &str| {
            let with = format!("{rule} {value}");
            (Column::Numbers(vec![Some(value)]), with)
        };
        Ok(match fill {
            Fill::Mean | Fill::Median | Fill::Number(_) => {
                let mut there: Vec<f64> = self.numbers(column)?.iter().flatten().copied().collect();
                match fill {
                    Fill::Number(value) if !value.is_finite() => {
                        return Err(DataError::column(
                            column,
                            "a finite number to fill with",
                            value.to_string(),
                        ));
                    }
                    Fill::Number(value) => numbers(*value, "the number"),
                    _ if there.is_empty() => return Err(empty()),
                    Fill::Mean => numbers(mean(&there), "the mean,"),
                    _ => {
                        there.sort_by(f64::total_cmp);
                        numbers(quantile(&there, 0.5), "the median,")
                    }
                }
            }
            Fill::MostFrequent => match self.column(column)? {
                Column::Numbers(_) => {
                    let mut there: Vec<f64> =
                        self.numbers(column)?.iter().flatten().copied().collect();
                    there.sort_by(f64::total_cmp);
                    numbers(
                        *most_frequent(&there).ok_or_else(empty)?,
                        "the most frequent,",
                    )
                }
                Column::Text(texts) => {
                    let mut there: Vec<&String> = texts.iter().flatten().collect();
                    there.sort();
                    let value = (*most_frequent(&there).ok_or_else(empty)?).clone();
                    let with = format!("the most frequent, `{value}`");
                    (Column::Text(vec![Some(value)]), with)
                }
            },
            Fill::Text(value) => match self.column(column)? {
                Column::Text(_) => (
                    Column::Text(vec![Some(value.clone())]),
                    format!("`{value}`"),
                ),
                Column::Numbers(_) => return Err(DataError::column(column, "text", "numbers")),
            },
        })
    }

    pub(super) fn fill_numbers(&mut self, column: &str, value: f64) -> Result<(), DataError> {
        match self.column_mut(column)? {
            Column::Numbers(numbers) => {
                numbers
                    .iter_mut()
                    .for_each(|number| *number = number.or(Some(value)));
                Ok(())
            }
            Column::Text(_) => Err(DataError::column(column, "numbers", "text")),
        }
    }

    pub(super) fn fill_text(&mut self, column: &str, value: &str) -> Result<(), DataError> {
        match self.column_mut(column)? {
            Column::Text(texts) => {
                for text in texts.iter_mut().filter(|text| text.is_none()) {
                    *text = Some(value.to_owned());
                }
                Ok(())
            }
            Column::Numbers(_) => Err(DataError::column(column, "text", "numbers")),
        }
    }
}

/// A power of two near the largest of the numbers: parts of it add up and have squares within 64 bits, and to take them rounds nothing.
pub(super) fn unit(numbers: &[f64]) -> f64 {
    const EXPONENT: u64 = 0x7ff << 52;
    let largest = numbers.iter().fold(0.0_f64, |top, x| top.max(x.abs()));
    f64::from_bits(largest.to_bits() & EXPONENT).clamp(f64::MIN_POSITIVE, 2.0_f64.powi(1023))
}

/// The mean of numbers of any size; there must be at least one.
pub(super) fn mean(numbers: &[f64]) -> f64 {
    let unit = unit(numbers);
    let sum: f64 = numbers.iter().map(|number| number / unit).sum();
    sum / numbers.len() as f64 * unit
}

/// The number below which a part of the sorted numbers is, between two of them if need be (NumPy's `linear`). There
/// must be at least one.
pub(super) fn quantile(sorted: &[f64], part: f64) -> f64 {
    let place = part * (sorted.len() - 1) as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    let (low, high, between) = (sorted[below], sorted[above], place - below as f64);
    if (high - low).is_finite() {
        low + (high - low) * between
    } else {
        low * (1.0 - between) + high * between
    }
}

/// The first of the values that occur most often; they are sorted.
fn most_frequent<T: PartialEq>(sorted: &[T]) -> Option<&T> {
    let mut best: &[T] = &[];
    for run in sorted.chunk_by(|a, b| a == b) {
        if run.len() > best.len() {
            best = run;
        }
    }
    best.first()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_and_medians_of_the_largest_numbers_are_numbers() {
        for (numbers, mean, median) in [
            ([1e308, 1.5e308, 1.5e308, 1.6e308], 1.4e308, 1.5e308),
            ([-1.5e308, -1.5e308, 1.7e308, 1.3e308], 0.0, -0.1e308),
            ([0.1, 0.2, 0.3, 0.4], 0.25, 0.25),
        ] {
            for (fill, expected) in [(Fill::Mean, mean), (Fill::Median, median)] {
                let mut table = Table::new();
                let rows = numbers.map(Some).into_iter().chain([None]);
                table.push("x", Column::Numbers(rows.collect())).unwrap();
                table.fill_missing("x", fill.clone()).unwrap();
                let filled = table.numbers("x").unwrap()[4].unwrap();
                let bound = 1e-15 * numbers[3];
                assert!(
                    (filled - expected).abs() <= bound,
                    "{fill:?}: {filled:e} instead of {expected:e}"
                );
            }
        }
    }

    fn table() -> Table {
        let mut table = Table::new();
        table
            .push(
                "age",
                Column::Numbers(
                    [3.0, f64::NAN, 1.0, 10.0, 3.0, f64::NAN]
                        .map(|x| (!x.is_nan()).then_some(x))
                        .to_vec(),
                ),
            )
            .unwrap();
        let towns = [
            Some("Ulm"),
            None,
            Some("Bonn"),
            Some("Ulm"),
            Some("Bonn"),
            Some("Kiel"),
        ];
        table
            .push(
                "town",
                Column::Text(towns.map(|town| town.map(str::to_owned)).to_vec()),
            )
            .unwrap();
        table
    }

    fn filled(fill: Fill) -> f64 {
        let mut table = table();
        assert_eq!(table.fill_missing("age", fill).unwrap(), 2);
        table.numbers("age").unwrap()[5].unwrap()
    }

    #[test]
    fn numbers_are_filled_by_the_rule() {
        assert_eq!(filled(Fill::Mean), 4.25);
        assert_eq!(filled(Fill::Median), 3.0);
        assert_eq!(filled(Fill::MostFrequent), 3.0);
        assert_eq!(filled(Fill::Number(-1.0)), -1.0);
    }

    #[test]
    fn text_is_filled_by_the_rule_and_ties_go_by_the_alphabet() {
        let mut table = table();
        assert_eq!(table.fill_missing("town", Fill::MostFrequent).unwrap(), 1);
        assert_eq!(
            table.column("town").unwrap().text(1).as_deref(),
            Some("Bonn")
        );
        assert_eq!(
            table.report().to_string(),
            "town: filled 1 missing value with the most frequent, `Bonn`"
        );
    }

    #[test]
    fn a_rule_must_fit_the_column() {
        let mut table = table();
        let message = table
            .fill_missing("town", Fill::Mean)
            .unwrap_err()
            .to_string();
        assert_eq!(
            message,
            "column `town`: expected a number, found `Ulm` in row 0"
        );
        assert!(
            table
                .fill_missing("age", Fill::Text("none".to_owned()))
                .is_err()
        );
        assert!(table.fill_missing("age", Fill::Number(f64::NAN)).is_err());
        assert!(table.fill_missing("name", Fill::Mean).is_err());
        table.push("empty", Column::Numbers(vec![None; 6])).unwrap();
        let message = table
            .fill_missing("empty", Fill::Median)
            .unwrap_err()
            .to_string();
        assert_eq!(
            message,
            "column `empty`: expected at least one value to compute the filling from, found none"
        );
    }

    #[test]
    fn rows_with_missing_values_are_dropped() {
        let mut some = table();
        assert_eq!(some.drop_missing(&["town"]).unwrap(), 1);
        assert_eq!((some.rows(), some.column("age").unwrap().missing()), (5, 1));
        let mut all = table();
        assert_eq!(all.drop_incomplete(), 2);
        assert_eq!(
            all.column("age").unwrap(),
            &Column::Numbers(vec![Some(3.0), Some(1.0), Some(10.0), Some(3.0)])
        );
        assert_eq!(
            all.report().to_string(),
            "all columns: dropped 2 rows with missing values"
        );
    }

    #[test]
    fn quantiles_agree_with_numpy() {
        assert_eq!(quantile(&[1.0, 2.0, 4.0, 8.0], 0.25), 1.75);
        assert_eq!(quantile(&[1.0, 2.0, 4.0, 8.0], 0.75), 5.0);
        assert_eq!(quantile(&[5.0], 0.75), 5.0);
    }
}

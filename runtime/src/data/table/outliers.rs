//! Numbers far away from the others.

use super::missing::{mean, quantile, unit};
use super::{Change, Column, Table};
use crate::data::DataError;

/// Which numbers of a column are outliers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outliers {
    /// Those more than this many standard deviations (of all the numbers, not of a sample) away from the mean; 3 is
    /// common.
    ZScore(f64),
    /// Those more than this many times the distance of the quartiles below the first or above the third; 1.5 is
    /// common. Quartiles between two numbers are interpolated. Tukey 1977, "Exploratory Data Analysis".
    InterquartileRange(f64),
}

/// What is done about outliers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Their rows are dropped.
    Drop,
    /// They are set to the nearest number that isn't an outlier.
    Clip,
}

impl Table {
    /// Drops or clips the outliers of a column, and returns how many there were. Missing values stay.
    ///
    /// # Errors
    ///
    /// If there is no such column, if it isn't one of numbers or has none, or if the limit isn't a positive number.
    ///
    /// ```
    /// # use shapeflow_runtime as shapeflow;
    /// use shapeflow::data::table::{Column, Outliers, Remedy, Table};
    ///
    /// let mut table = Table::new();
    /// table.push("wage", Column::Numbers([1.0, 2.0, 3.0, 4.0, 100.0].map(Some).to_vec()))?;
    /// assert_eq!(table.outliers("wage", Outliers::InterquartileRange(1.5), Remedy::Clip)?, 1);
    /// assert_eq!(table.column("wage")?, &Column::Numbers([1.0, 2.0, 3.0, 4.0, 7.0].map(Some).to_vec()));
    /// # Ok::<(), shapeflow_runtime::data::DataError>(())
    /// ```
    pub fn outliers(
        &mut self,
        column: &str,
        which: Outliers,
        remedy: Remedy,
    ) -> Result<usize, DataError> {
        let range = self.range(column, which)?;
        self.remedy(column, range, remedy)
    }

    /// Drops or clips the numbers outside of a range.
    pub(super) fn remedy(
        &mut self,
        column: &str,
        (low, high): (f64, f64),
        remedy: Remedy,
    ) -> Result<usize, DataError> {
        self.numbers(column)?;
        let outside = |number: f64| number < low || number > high;
        let name = column.to_owned();
        match remedy {
            Remedy::Drop => {
                let keep: Vec<bool> = self
                    .numbers(column)?
                    .iter()
                    .map(|number| !number.is_some_and(outside))
                    .collect();
                let rows = self.keep_rows(&keep);
                self.report.add(Change::DroppedOutliers {
                    column: name,
                    rows,
                    range: (low, high),
                });
                Ok(rows)
            }
            Remedy::Clip => {
                let mut values = 0;
                if let Column::Numbers(numbers) = self.column_mut(column)? {
                    for number in numbers
                        .iter_mut()
                        .flatten()
                        .filter(|number| outside(**number))
                    {
                        *number = number.clamp(low, high);
                        values += 1;
                    }
                }
                self.report.add(Change::ClippedOutliers {
                    column: name,
                    values,
                    range: (low, high),
                });
                Ok(values)
            }
        }
    }

    /// The smallest and the largest number that isn't an outlier.
    pub(super) fn range(&self, column: &str, which: Outliers) -> Result<(f64, f64), DataError> {
        let mut there: Vec<f64> = self.numbers(column)?.iter().flatten().copied().collect();
        if there.is_empty() {
            return Err(DataError::column(column, "at least one number", "none"));
        }
        let (Outliers::ZScore(limit) | Outliers::InterquartileRange(limit)) = which;
        if !(limit.is_finite() && limit > 0.0) {
            return Err(DataError::argument(
                "limit of outliers",
                "a positive number",
                limit,
            ));
        }
        Ok(match which {
            Outliers::ZScore(limit) => {
                let (mean, unit) = (mean(&there), unit(&there));
                let part = |number: &f64| (number / unit - mean / unit).powi(2);
                let variance = there.iter().map(part).sum::<f64>() / there.len() as f64;
                let deviation = variance.sqrt() * unit;
                let reach = limit * deviation;
                // A column of one repeated number has no outliers, whatever the mean is rounded to.
                if deviation <= mean.abs() * 1e-12 {
                    (f64::NEG_INFINITY, f64::INFINITY)
                } else {
                    (mean - reach, mean + reach)
                }
            }
            Outliers::InterquartileRange(limit) => {
                there.sort_by(f64::total_cmp);
                let (first, third) = (quantile(&there, 0.25), quantile(&there, 0.75));
                let distance = third - first;
                let reach = if distance.is_finite() {
                    limit * distance
                } else {
                    limit * third - limit * first
                };
                (first - reach, third + reach)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new();
        let mut numbers = vec![
            Some(10.0),
            Some(12.0),
            None,
            Some(11.0),
            Some(9.0),
            Some(-90.0),
        ];
        numbers.extend([Some(10.0); 10]);
        table.push("x", Column::Numbers(numbers)).unwrap();
        table
    }

    #[test]
    fn both_rules_find_the_number_far_away() {
        for which in [Outliers::ZScore(3.0), Outliers::InterquartileRange(4.0)] {
            let mut table = table();
            let dropped = table.outliers("x", which, Remedy::Drop).unwrap();
            assert!(
                !table.numbers("x").unwrap().contains(&Some(-90.0)),
                "{which:?}"
            );
            assert_eq!(table.rows(), 16 - dropped);
            assert_eq!(table.column("x").unwrap().missing(), 1);
        }
    }

    #[test]
    fn clipping_keeps_the_row() {
        let mut table = table();
        assert_eq!(
            table
                .outliers("x", Outliers::ZScore(3.0), Remedy::Clip)
                .unwrap(),
            1
        );
        let clipped = table.numbers("x").unwrap()[5].unwrap();
        // NumPy: mean 3.466667, standard deviation 24.987641.
        assert!((clipped - -71.496258).abs() < 1e-6, "{clipped}");
        assert_eq!(table.rows(), 16);
        assert!(
            table
                .report()
                .to_string()
                .starts_with("x: clipped 1 value to -71.49"),
            "{}",
            table.report()
        );
    }

    #[test]
    fn outliers_are_found_among_numbers_of_any_size() {
        for size in [5e-324, 1e-200, 1.0, 1e200, 1e306] {
            for which in [Outliers::ZScore(3.0), Outliers::InterquartileRange(4.0)] {
                let numbers = [10.0, 12.0, 11.0, 9.0, -90.0].into_iter().chain([10.0; 11]);
                let numbers = numbers.map(|number| Some(number * size));
                let mut table = Table::new();
                table.push("x", Column::Numbers(numbers.collect())).unwrap();
                let dropped = table.outliers("x", which, Remedy::Drop).unwrap();
                let left = table.numbers("x").unwrap();
                assert!(!left.contains(&Some(-90.0 * size)), "{which:?} {size}");
                assert!(dropped < 5, "{which:?} {size}");
            }
        }
        let rows = [-1e308, -1e308, -1e308, 1e308, 1e308, 1e308, 1.7e308];
        let mut table = Table::new();
        table
            .push("x", Column::Numbers(rows.map(Some).to_vec()))
            .unwrap();
        let narrow = Outliers::InterquartileRange(0.01);
        assert_eq!(table.outliers("x", narrow, Remedy::Drop).unwrap(), 1);
    }

    #[test]
    fn equal_numbers_have_no_outliers() {
        for which in [Outliers::ZScore(0.5), Outliers::InterquartileRange(1.5)] {
            let mut table = Table::new();
            table
                .push("x", Column::Numbers(vec![Some(0.1); 7]))
                .unwrap();
            assert_eq!(table.outliers("x", which, Remedy::Drop).unwrap(), 0);
        }
    }

    #[test]
    fn a_limit_must_be_positive() {
        let message = table()
            .outliers("x", Outliers::ZScore(0.0), Remedy::Drop)
            .unwrap_err()
            .to_string();
        assert_eq!(
            message,
            "limit of outliers: expected a positive number, found 0"
        );
    }
}

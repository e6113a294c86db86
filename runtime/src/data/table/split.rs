//! Cutting a table into a part to train on and one to test on, before anything is learnt from it.

use super::Table;
use crate::data::DataError;
use crate::data::split::{check_fraction, deal, deal_whole};

impl Table {
    /// Two tables with rows chosen at random; the first has `fraction` of them (rounded). Both keep the order of the rows, and
    /// depend on `seed` and the number of rows alone. Fillings, limits, categories and normalisers are then fitted on the first.
    ///
    /// # Errors
    ///
    /// If `fraction` isn't between 0 and 1, or a part would be empty.
    ///
    /// ```
    /// # use shapeflow_runtime as shapeflow;
    /// use shapeflow::data::table::{Column, Table};
    ///
    /// let mut table = Table::new();
    /// table.push("x", Column::Numbers((0..10).map(|x| Some(f64::from(x))).collect()))?;
    /// let (train, test) = table.split(0.8, 42)?;
    /// assert_eq!((train.rows(), test.rows()), (8, 2));
    /// # Ok::<(), shapeflow_runtime::data::DataError>(())
    /// ```
    pub fn split(&self, fraction: f64, seed: u64) -> Result<(Self, Self), DataError> {
        self.two(vec![(0..self.rows).collect()], fraction, seed)
    }

    /// Like [`split`](Self::split), with the same mix of a column's categories in both parts.
    ///
    /// # Errors
    ///
    /// Those of [`split`](Self::split), and if there is no such column or it has a missing value.
    pub fn stratified_split(
        &self,
        column: &str,
        fraction: f64,
        seed: u64,
    ) -> Result<(Self, Self), DataError> {
        self.two(self.groups(column)?, fraction, seed)
    }

    /// Two tables between which no value of a column is shared, such as all rows of a patient: groups are dealt at random, so that the
    /// first part has as near to `fraction` of the rows as they allow. A row split by itself would be judged by rows of the same patient.
    ///
    /// # Errors
    ///
    /// Those of [`stratified_split`](Self::stratified_split): a part is empty where there is one group alone.
    ///
    /// ```
    /// # use shapeflow_runtime as shapeflow;
    /// use shapeflow::data::table::Table;
    ///
    /// let visits = Table::parse_csv("patient,dose\na,1\na,2\nb,3\nb,4\nc,5\nc,6\n")?;
    /// let (train, test) = visits.grouped_split("patient", 0.67, 1)?;
    /// assert_eq!((train.rows(), test.rows()), (4, 2));
    /// # Ok::<(), shapeflow_runtime::data::DataError>(())
    /// ```
    pub fn grouped_split(
        &self,
        column: &str,
        fraction: f64,
        seed: u64,
    ) -> Result<(Self, Self), DataError> {
        check_fraction("fraction", fraction)?;
        let [first, second] = deal_whole(self.groups(column)?, fraction, seed);
        self.parts(&first, &second)
    }

    /// Two tables by time: the second begins where `fraction` of the rows are over, as one that learns from the past must predict what
    /// comes later. Rows of the same time stay together, in the second part. The column has dates as [`date_parts`](Self::date_parts)
    /// reads them, or numbers that grow with time.
    ///
    /// # Errors
    ///
    /// If there is no such column, a value is missing or no date, `fraction` isn't between 0 and 1, or a part would be empty.
    pub fn time_split(&self, column: &str, fraction: f64) -> Result<(Self, Self), DataError> {
        check_fraction("fraction", fraction)?;
        let moments = self.moments(column)?;
        let mut sorted = moments.clone();
        sorted.sort_by(f64::total_cmp);
        let at = (moments.len() as f64 * fraction).round() as usize;
        let first = sorted.get(at).copied().unwrap_or(f64::INFINITY);
        self.before_and_from(&moments, first)
    }

    /// Like [`time_split`](Self::time_split), where the second part begins with this date or number.
    ///
    /// # Errors
    ///
    /// Those of [`time_split`](Self::time_split), and if `first` isn't written as the values of the column are.
    ///
    /// ```
    /// # use shapeflow_runtime as shapeflow;
    /// use shapeflow::data::table::Table;
    ///
    /// let sales = Table::parse_csv("day,sold\n2023-12-30,3\n2024-01-02,5\n2023-12-31,4\n2024-01-01,6\n")?;
    /// let (past, future) = sales.time_split_at("day", "2024-01-01")?;
    /// assert_eq!(past.matrix(&["sold"])?, ndarray::array![[3.0], [4.0]]);
    /// assert_eq!(future.matrix(&["sold"])?, ndarray::array![[5.0], [6.0]]);
    /// # Ok::<(), shapeflow_runtime::data::DataError>(())
    /// ```
    pub fn time_split_at(&self, column: &str, first: &str) -> Result<(Self, Self), DataError> {
        let moments = self.moments(column)?;
        self.before_and_from(&moments, self.moment(column, first)?)
    }

    fn before_and_from(&self, moments: &[f64], first: f64) -> Result<(Self, Self), DataError> {
        let (before, from): (Vec<usize>, Vec<usize>) =
            (0..self.rows).partition(|&row| moments[row] < first);
        self.parts(&before, &from)
    }

    /// The rows of each value of a column.
    fn groups(&self, column: &str) -> Result<Vec<Vec<usize>>, DataError> {
        let categories = self.column(column)?.categories();
        let mut groups = vec![Vec::new(); categories.len()];
        for (row, code) in self.codes(column, &categories)?.into_iter().enumerate() {
            groups[code].push(row);
        }
        Ok(groups)
    }

    fn two(
        &self,
        groups: Vec<Vec<usize>>,
        fraction: f64,
        seed: u64,
    ) -> Result<(Self, Self), DataError> {
        check_fraction("fraction", fraction)?;
        let [first, second] = deal(groups, [fraction, 1.0 - fraction], seed);
        self.parts(&first, &second)
    }

    fn parts(&self, first: &[usize], second: &[usize]) -> Result<(Self, Self), DataError> {
        for (part, name) in [(first, "first"), (second, "second")] {
            if part.is_empty() {
                return Err(DataError::Empty {
                    what: format!("the {name} part of {} rows", self.rows),
                });
            }
        }
        Ok((self.rows_of(first), self.rows_of(second)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::table::Column;

    #[test]
    fn parts_are_complete_and_keep_the_mix() {
        let mut table = Table::new();
        let numbers = (0..40).map(|x| Some(f64::from(x))).collect();
        table.push("x", Column::Numbers(numbers)).unwrap();
        let kinds = (0..40).map(|x| Some(if x % 4 == 0 { "a" } else { "b" }.to_owned()));
        table.push("kind", Column::Text(kinds.collect())).unwrap();
        let (train, test) = table.stratified_split("kind", 0.75, 3).unwrap();
        let of = |table: &Table| -> Vec<f64> {
            table
                .numbers("x")
                .unwrap()
                .iter()
                .map(|x| x.unwrap())
                .collect()
        };
        let mut all = [of(&train), of(&test)].concat();
        all.sort_by(f64::total_cmp);
        assert_eq!(all, of(&table));
        let a = |table: &Table| of(table).iter().filter(|x| **x % 4.0 == 0.0).count();
        assert_eq!(
            (train.rows(), a(&train), test.rows(), a(&test)),
            (30, 8, 10, 2)
        );
        assert_eq!(
            of(&table.split(0.5, 1).unwrap().0),
            of(&table.split(0.5, 1).unwrap().0)
        );
        assert_ne!(
            of(&table.split(0.5, 1).unwrap().0),
            of(&table.split(0.5, 2).unwrap().0)
        );
        assert!(table.split(0.001, 1).is_err() && table.split(1.0, 1).is_err());
    }

    #[test]
    fn groups_stay_whole() {
        let mut table = Table::new();
        let patients = (0..60).map(|row| Some(format!("p{}", row * row % 17)));
        table
            .push("patient", Column::Text(patients.collect()))
            .unwrap();
        for seed in 0..20 {
            let (train, test) = table.grouped_split("patient", 0.75, seed).unwrap();
            let of = |part: &Table| part.column("patient").unwrap().categories();
            let (ours, theirs) = (of(&train), of(&test));
            assert!(
                ours.iter().all(|patient| !theirs.contains(patient)),
                "{ours:?} {theirs:?}"
            );
            assert_eq!(train.rows() + test.rows(), 60);
            // The largest groups have 7 rows: no further than half of that from 45.
            assert!(train.rows().abs_diff(45) <= 4, "{}", train.rows());
        }
        let rows = |seed| of_patients(&table.grouped_split("patient", 0.5, seed).unwrap().0);
        assert_eq!(rows(3), rows(3));
        assert!((0..9).any(|seed| rows(seed) != rows(9)));
        let mut one = Table::new();
        one.push("patient", Column::Numbers(vec![Some(7.0); 5]))
            .unwrap();
        assert!(one.grouped_split("patient", 0.5, 1).is_err());
    }

    fn of_patients(table: &Table) -> Vec<Option<String>> {
        (0..table.rows())
            .map(|row| table.column("patient").unwrap().text(row))
            .collect()
    }

    #[test]
    fn the_later_part_of_time_is_kept_for_testing() {
        let days = [
            "2024-03-01",
            "2024-01-05",
            "1969-12-31",
            "2024-01-05",
            "2024-02-29",
            "2023-07-01",
        ];
        let mut table = Table::new();
        table
            .push(
                "day",
                Column::Text(days.map(|day| Some(day.to_owned())).to_vec()),
            )
            .unwrap();
        let of = |part: &Table| {
            (0..part.rows())
                .map(|row| part.column("day").unwrap().text(row).unwrap())
                .collect::<Vec<_>>()
        };
        let (past, future) = table.time_split("day", 0.67).unwrap();
        assert_eq!(
            of(&past),
            ["2024-01-05", "1969-12-31", "2024-01-05", "2023-07-01"]
        );
        assert_eq!(of(&future), ["2024-03-01", "2024-02-29"]);
        // A cut between two rows of a day takes both into the later part.
        let (past, _) = table.time_split("day", 0.5).unwrap();
        assert_eq!(of(&past), ["1969-12-31", "2023-07-01"]);
        let (past, future) = table.time_split_at("day", "2024-02-29").unwrap();
        assert_eq!((past.rows(), future.rows()), (4, 2));
        for first in ["1950-01-01", "2025-01-01", "29.2.2024", "2024-02-29T10:00Z"] {
            assert!(table.time_split_at("day", first).is_err(), "{first}");
        }
        let mut table = Table::new();
        table
            .push(
                "year",
                Column::Numbers([2001.0, 1999.0, 2000.0].map(Some).to_vec()),
            )
            .unwrap();
        assert_eq!(
            table
                .time_split_at("year", "2000")
                .unwrap()
                .0
                .numbers("year")
                .unwrap(),
            [Some(1999.0)]
        );
        table
            .push(
                "day",
                Column::Text(
                    [Some("1.2.2024"), None, None]
                        .map(|day| day.map(str::to_owned))
                        .to_vec(),
                ),
            )
            .unwrap();
        let message = table.time_split("day", 0.5).unwrap_err().to_string();
        assert!(
            message.contains("`date_parts_in` with `DatePart::Seconds`"),
            "{message}"
        );
    }
}

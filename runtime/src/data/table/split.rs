//! Cutting a table into a part to train on and one to test on, before anything is learnt from it.

use super::Table;
use crate::data::DataError;
use crate::data::split::{check_fraction, deal};

impl Table {
    /// Two tables with rows chosen at random; the first has `fraction` of them (rounded). Both keep the order of the rows, and
    /// depend on `seed` and the number of rows alone. Fillings, limits, categories and normalisers are then fitted on the first.
    ///
    /// # Errors
    ///
    /// If `fraction` isn't between 0 and 1, or a part would be empty.
    ///
    /// ```
    /// use shapeflow_runtime::data::table::{Column, Table};
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
        let categories = self.column(column)?.categories();
        let mut groups = vec![Vec::new(); categories.len()];
        for (row, code) in self.codes(column, &categories)?.into_iter().enumerate() {
            groups[code].push(row);
        }
        self.two(groups, fraction, seed)
    }

    fn two(
        &self,
        groups: Vec<Vec<usize>>,
        fraction: f64,
        seed: u64,
    ) -> Result<(Self, Self), DataError> {
        check_fraction("fraction", fraction)?;
        let [first, second] = deal(groups, [fraction, 1.0 - fraction], seed);
        for (part, name) in [(&first, "first"), (&second, "second")] {
            if part.is_empty() {
                return Err(DataError::Empty {
                    what: format!("the {name} part of {} rows", self.rows),
                });
            }
        }
        Ok((self.rows_of(&first), self.rows_of(&second)))
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
}

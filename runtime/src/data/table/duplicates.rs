//! Rows that occur more than once.

use super::{Change, Column, Table};
use std::collections::HashSet;

/// One field, comparable: numbers by their bits, with one zero.
#[derive(PartialEq, Eq, Hash)]
enum Cell<'a> {
    Number(Option<u64>),
    Text(Option<&'a str>),
}

impl Table {
    /// Drops every row that is the same as an earlier one in all columns, and returns how many. Two missing values are
    /// the same.
    ///
    /// ```
    /// # use shapeflow_runtime as shapeflow;
    /// use shapeflow::data::table::{Column, Table};
    ///
    /// let mut table = Table::new();
    /// table.push("a", Column::Numbers(vec![Some(1.0), Some(2.0), Some(1.0)]))?;
    /// assert_eq!(table.drop_duplicates(), 1);
    /// assert_eq!(table.report().to_string(), "dropped 1 row that had come before");
    /// # Ok::<(), shapeflow_runtime::data::DataError>(())
    /// ```
    pub fn drop_duplicates(&mut self) -> usize {
        let mut seen = HashSet::new();
        let keep: Vec<bool> = (0..self.rows)
            .map(|row| {
                let fields: Vec<Cell<'_>> = self
                    .columns
                    .iter()
                    .map(|(_, column)| match column {
                        // Adding 0 makes -0 into 0.
                        Column::Numbers(numbers) => {
                            Cell::Number(numbers[row].map(|number| (number + 0.0).to_bits()))
                        }
                        Column::Text(texts) => Cell::Text(texts[row].as_deref()),
                    })
                    .collect();
                seen.insert(fields)
            })
            .collect();
        drop(seen);
        let rows = self.keep_rows(&keep);
        self.report.add(Change::DroppedDuplicates { rows });
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_equal_rows_stays() {
        let mut table = Table::new();
        table
            .push(
                "a",
                Column::Numbers(vec![Some(0.0), None, Some(-0.0), None, Some(0.0)]),
            )
            .unwrap();
        let towns = ["x", "y", "x", "y", "y"]
            .map(|town| Some(town.to_owned()))
            .to_vec();
        table.push("b", Column::Text(towns)).unwrap();
        assert_eq!(table.drop_duplicates(), 2);
        assert_eq!(
            table.column("a").unwrap(),
            &Column::Numbers(vec![Some(0.0), None, Some(0.0)])
        );
        assert_eq!(table.drop_duplicates(), 0);
    }
}

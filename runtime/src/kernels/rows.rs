//! What goes over many rows and does little for each number, on the threads of a team: bands of rows, or ranges of columns.

use std::ops::Range;

use super::length::product;
use super::team::{Team, cuts, parts};

/// Operations that take as long as reading or writing a number.
const PRICE_OF_NUMBER: u64 = 16;

/// Columns whose ranges begin where any machine's vectors do.
const PANEL: usize = 16;

/// What is done with a range of columns: which they are, and their part of each of `N` results.
type ColumnsTask<'t, const N: usize> = dyn Fn(Range<usize>, [&mut [f32]; N]) + Sync + 't;

/// Into how many parts work on so many numbers is cut.
fn parts_of(numbers: usize, most: usize) -> usize {
    parts((numbers as u64).saturating_mul(PRICE_OF_NUMBER), most)
}

/// Runs `task(rows, their part of y)` for each band of the rows of `y`, which has `row_len` numbers in each.
pub(super) fn share_rows(
    team: &mut Team<'_>,
    row_len: usize,
    y: &mut [f32],
    task: &(dyn Fn(Range<usize>, &mut [f32]) + Sync),
) {
    let rows = y.len() / row_len.max(1);
    let parts = parts_of(y.len(), rows);
    if team.is_alone() || parts == 1 {
        return task(0..rows, y);
    }
    let row = |part: usize| rows * part / parts;
    let start = |part| row(part) * row_len;
    team.share(parts, y, &start, 0, &|part, y, _| {
        task(row(part)..row(part + 1), y);
    });
}

/// Runs `task(columns, their parts of results)` for each range of columns, which are read in `rows` rows; each of `N` results has a
/// number for each column, and they lie one after the other in `results`.
///
/// # Panics
///
/// If `results` is shorter.
pub(super) fn share_columns<const N: usize>(
    team: &mut Team<'_>,
    rows: usize,
    columns: usize,
    results: &mut [f32],
    task: &ColumnsTask<'_, N>,
) {
    let lines = columns.div_ceil(PANEL);
    let parts = parts_of(product([rows, columns]), lines);
    let mut rest = results;
    let results: [&mut [f32]; N] = std::array::from_fn(|_| {
        let (own, others) = std::mem::take(&mut rest).split_at_mut(columns);
        rest = others;
        own
    });
    if team.is_alone() || parts == 1 {
        return task(0..columns, results);
    }
    // Whole vectors, so that no part has lanes left out but the last.
    let start = |part: usize| (lines * part / parts * PANEL).min(columns);
    let mut results = results.map(|result| cuts(parts, result, &start));
    let mut part_of_results = |part| results.each_mut().map(|result| result(part));
    team.each(parts, &mut part_of_results, 0, &|part, results, _| {
        task(start(part)..start(part + 1), results);
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::team::MOST_PARTS;

    /// Large enough for two parts and more.
    const ROWS: usize = 5000;

    #[test]
    fn every_row_is_in_one_band() {
        let run = |team: &mut Team<'_>| {
            let mut y = vec![0.0; 40 * ROWS];
            share_rows(team, 40, &mut y, &|rows, y| {
                assert_eq!(y.len(), 40 * rows.len());
                for (row, y) in rows.zip(y.chunks_exact_mut(40)) {
                    y.iter_mut().for_each(|y| *y += row as f32);
                }
            });
            y
        };
        let alone = run(&mut Team::alone());
        assert!(
            alone
                .chunks(40)
                .enumerate()
                .all(|(row, y)| y == [row as f32; 40])
        );
        Team::with_pool([MOST_PARTS, 0], &mut [], |mut team| {
            assert_eq!(run(&mut team), alone)
        });
        share_rows(&mut Team::alone(), 0, &mut [], &|rows, y| {
            assert!(rows.is_empty() && y.is_empty())
        });
    }

    #[test]
    fn every_column_is_in_one_range() {
        for columns in [1, 40, 100] {
            let run = |team: &mut Team<'_>| {
                let mut results = vec![0.0; 2 * columns];
                share_columns(
                    team,
                    ROWS,
                    columns,
                    &mut results,
                    &|range, [first, second]| {
                        for ((column, first), second) in range.zip(first).zip(second) {
                            (*first, *second) = (*first + column as f32, *second - column as f32);
                        }
                    },
                );
                results
            };
            let alone = run(&mut Team::alone());
            assert!(
                (0..columns).all(|c| alone[c] == c as f32 && alone[columns + c] == -(c as f32))
            );
            Team::with_pool([MOST_PARTS, 0], &mut [], |mut team| {
                assert_eq!(run(&mut team), alone)
            });
        }
    }
}

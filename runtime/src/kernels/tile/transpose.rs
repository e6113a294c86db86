//! Rows of a weight turned into the columns of a panel.

use super::PANEL;
use crate::kernels::length::product;
use crate::simd::{Kernel, Simd, dispatch};

/// Writes `rows <= 16` rows of `columns` numbers as columns of a panel: `panel[column][row]`, zero past the last row.
///
/// # Panics
/// If a slice is too short.
pub fn transpose(from: &[f32], from_row: usize, rows: usize, columns: usize, panel: &mut [f32]) {
    assert!(rows <= PANEL && panel.len() >= product([columns, PANEL]));
    if rows == 0 || columns == 0 {
        return panel[..columns * PANEL].fill(0.0);
    }
    assert!(product([rows - 1, from_row]).saturating_add(columns) <= from.len());
    dispatch(Transpose {
        from,
        from_row,
        rows,
        columns,
        panel,
    });
}

struct Transpose<'a> {
    from: &'a [f32],
    from_row: usize,
    rows: usize,
    columns: usize,
    panel: &'a mut [f32],
}

impl Kernel for Transpose<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Transpose {
            from,
            from_row,
            rows,
            columns,
            panel,
        } = self;
        // Squares of whole vectors while all 16 rows are there, then number by number.
        let whole = match rows {
            PANEL => columns / S::LANES * S::LANES,
            _ => 0,
        };
        for column in (0..whole).step_by(S::LANES) {
            for row in (0..PANEL).step_by(S::LANES) {
                // SAFETY: the square lies within the 16 rows and the whole columns, whose lengths were checked.
                unsafe {
                    simd.transpose(
                        from.as_ptr().add(row * from_row + column),
                        from_row,
                        panel.as_mut_ptr().add(column * PANEL + row),
                        PANEL,
                    );
                }
            }
        }
        for (column, to) in panel
            .chunks_exact_mut(PANEL)
            .enumerate()
            .take(columns)
            .skip(whole)
        {
            for (row, to) in to.iter_mut().enumerate() {
                *to = if row < rows {
                    from[row * from_row + column]
                } else {
                    0.0
                };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::on_every_isa;

    #[test]
    fn every_number_finds_its_place() {
        for (rows, columns) in [(16, 37), (16, 16), (16, 5), (9, 20), (1, 1), (0, 3)] {
            let from_row = columns + 3;
            let from: Vec<f32> = (0..PANEL * from_row).map(|i| i as f32).collect();
            on_every_isa(|isa| {
                let mut panel = vec![f32::NAN; columns * PANEL];
                transpose(&from, from_row, rows, columns, &mut panel);
                for column in 0..columns {
                    for row in 0..PANEL {
                        let expected = match row < rows {
                            true => from[row * from_row + column],
                            false => 0.0,
                        };
                        let found = panel[column * PANEL + row];
                        assert_eq!(found, expected, "{isa:?}: row {row}, column {column}");
                    }
                }
            });
        }
    }
}

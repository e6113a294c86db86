//! A result shared out by its columns: whole panels of channels, each part with its own rows of the weight.
//!
//! Where there are few positions and many channels, as in the last layers of a network for classification, a band of rows would read
//! the whole weight for some of them.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use super::super::{Conv2d, PANEL, copy_rows, panels};
use crate::kernels::length::product;
use crate::kernels::team::Team;

/// Panels below which a part would read the pictures for too few of them.
const PART_PANELS: usize = 2;

/// What is done with some columns: which they are, their part of the result, scratch.
type ColumnTask<'t> = dyn Fn(Range<usize>, &mut [f32], &mut [f32]) + Sync + 't;

/// The columns of a result, in parts.
#[derive(Clone, Copy)]
pub(super) struct Columns {
    pub parts: usize,
    /// In a row of the result.
    columns: usize,
}

impl Columns {
    /// The columns of one of the results of `spec`, in as many parts as its work is worth.
    pub const fn new(spec: &Conv2d, columns: usize) -> Self {
        let parts = match spec.groups {
            1 => spec.worth(panels(columns) / PART_PANELS),
            _ => 1,
        };
        Self { parts, columns }
    }

    /// The first column of a part.
    const fn start(&self, part: usize) -> usize {
        let column = panels(self.columns) * part / self.parts * PANEL;
        if column < self.columns {
            column
        } else {
            self.columns
        }
    }

    /// The most columns of a part.
    pub const fn widest(&self) -> usize {
        let (mut most, mut part) = (0, 0);
        while part < self.parts {
            let width = self.start(part + 1) - self.start(part);
            if width > most {
                most = width;
            }
            part += 1;
        }
        most
    }

    /// Runs `task(columns, their part of y, scratch)` for each part, with `scratch_len` numbers of scratch for one part and its columns
    /// of `rows` rows. A part that isn't `kept` holds whatever was left there.
    pub fn share(
        &self,
        team: &mut Team<'_>,
        y: &mut [f32],
        kept: bool,
        scratch_len: usize,
        task: &ColumnTask<'_>,
    ) {
        let (row_len, rows) = (self.columns, y.len() / self.columns);
        let y = Mutex::new(y);
        let locked = || y.lock().unwrap_or_else(PoisonError::into_inner);
        team.each(
            self.parts,
            &mut |_| (),
            scratch_len,
            &|part, (), scratch| {
                let range = self.start(part)..self.start(part + 1);
                let (own, scratch) = scratch.split_at_mut(product([rows, range.len()]));
                if kept {
                    let y = locked();
                    for (y, own) in y
                        .chunks_exact(row_len)
                        .zip(own.chunks_exact_mut(range.len()))
                    {
                        own.copy_from_slice(&y[range.clone()]);
                    }
                }
                task(range.clone(), own, scratch);
                copy_rows(own, range.len(), &mut locked(), row_len, range.start);
            },
        );
    }
}

//! Products with a weight that is larger than a core's caches, block by block (Goto and van de Geijn 2008).
//!
//! A block of the weight lies in panels in the second-level cache while all rows are multiplied by it; then comes the next along the
//! depth, whose sums go on from what the result holds, so that the bits are those of one product.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use super::copy_to_panels;
use super::dots::dots;
use super::rows::Rows;
use crate::kernels::activation::{self, Activation};
use crate::kernels::length::product;
use crate::kernels::team::{MOST_PARTS, Team};
use crate::kernels::tile::{Finish, PANEL, Product, tiles, transpose};

/// Depth of a block of the weight.
const DEPTH: usize = 256;

/// Columns of a block of the weight.
const COLUMNS: usize = 128;

/// Rows of the result that a part computes at a time, beside the block.
const ROWS: usize = 128;

/// Rows that are so few that bringing the weight into panels would take longer than what is gained by it.
const FEW_ROWS: usize = 8;

/// Length of the scratch for a block of the weight.
pub(super) const BLOCK_LEN: usize = DEPTH * COLUMNS;

/// Length of the scratch of a part that has the weight in panels.
pub(super) const OWN_LEN: usize = ROWS * COLUMNS;

/// A weight as it comes.
#[derive(Clone, Copy)]
pub(super) enum Weight<'a> {
    /// In panels of 16 columns.
    Packed(&'a [f32]),
    /// Its rows are the depth of the product.
    Rows(&'a [f32]),
    /// Its rows are the columns of the product.
    Columns(&'a [f32]),
}

/// `c = act(a * weight + bias)`, or `c += a * weight`.
pub(super) struct LargeProduct<'a> {
    pub rows: usize,
    pub depth: usize,
    pub columns: usize,
    /// Of `rows` by `depth`.
    pub a: &'a [f32],
    pub weight: Weight<'a>,
    pub bias: Option<&'a [f32]>,
    pub act: Activation,
    /// Whether the product is added to what `c` holds.
    pub accumulate: bool,
}

impl LargeProduct<'_> {
    /// Computes the product on this thread; the scratch is needed where the weight isn't packed.
    pub fn run(&self, c: &mut [f32], scratch: &mut [f32]) {
        let (finish, left) = Finish::and_left(self.act);
        // Few rows read the weight in the order in which it lies.
        let most = if self.rows <= FEW_ROWS {
            self.columns
        } else {
            COLUMNS
        };
        for first in (0..self.columns).step_by(most) {
            let columns = first..self.columns.min(first + most);
            self.columns(
                0..self.rows,
                columns,
                finish,
                &mut c[first..],
                self.columns,
                scratch,
            );
        }
        activation::forward_in_place(left, c);
    }

    /// Computes the product on the threads of a team: each part some panels of columns.
    pub fn share(&self, team: &mut Team<'_>, c: &mut [f32]) {
        if self.columns == 0 {
            return;
        }
        let (finish, left) = Finish::and_left(self.act);
        let scratch_len = match self.weight {
            Weight::Packed(_) => OWN_LEN,
            Weight::Rows(_) | Weight::Columns(_) => OWN_LEN + BLOCK_LEN,
        };
        let panels = self.columns.div_ceil(PANEL);
        let parts = MOST_PARTS.min(panels);
        let start = |part: usize| (panels * part / parts * PANEL).min(self.columns);
        let bands = c.chunks_mut(product([ROWS, self.columns]));
        for (band, c) in bands.enumerate() {
            let rows = c.len() / self.columns;
            let rows = band * ROWS..band * ROWS + rows;
            let c = Mutex::new(c);
            team.each(parts, &mut |_| (), scratch_len, &|part, (), scratch| {
                let (own, scratch) = scratch.split_at_mut(OWN_LEN);
                let end = start(part + 1);
                for first in (start(part)..end).step_by(COLUMNS) {
                    let columns = first..end.min(first + COLUMNS);
                    let own = &mut own[..rows.len() * columns.len()];
                    let locked = || c.lock().unwrap_or_else(PoisonError::into_inner);
                    if self.accumulate {
                        let lines = own.chunks_exact_mut(columns.len());
                        for (own, c) in lines.zip(locked().chunks_exact(self.columns)) {
                            own.copy_from_slice(&c[columns.clone()]);
                        }
                    }
                    let (rows, width) = (rows.clone(), columns.len());
                    self.columns(rows, columns.clone(), finish, own, width, scratch);
                    activation::forward_in_place(left, own);
                    let lines = own.chunks_exact(width);
                    for (own, c) in lines.zip(locked().chunks_exact_mut(self.columns)) {
                        c[columns.clone()].copy_from_slice(own);
                    }
                }
            });
        }
    }

    /// Some columns of some rows into `c`, whose rows are `c_row` apart.
    fn columns(
        &self,
        rows: Range<usize>,
        columns: Range<usize>,
        finish: Finish,
        c: &mut [f32],
        c_row: usize,
        scratch: &mut [f32],
    ) {
        let few = rows.len() <= FEW_ROWS;
        let deep = match self.weight {
            Weight::Columns(weight) if few => {
                let a = &self.a[rows.start * self.depth..rows.end * self.depth];
                let weight = &weight[columns.start * self.depth..columns.end * self.depth];
                return dots(a, weight, self.depth, self.accumulate, c, c_row);
            }
            Weight::Rows(weight) if few => {
                let rows = Rows {
                    a: &self.a[rows.start * self.depth..rows.end * self.depth],
                    depth: self.depth,
                    weight,
                    row_len: self.columns,
                    columns: columns.clone(),
                    bias: self.bias.map(|bias| &bias[columns]),
                    bounds: finish.bounds,
                };
                return rows.run(c, c_row);
            }
            Weight::Packed(_) if few => self.depth,
            _ => DEPTH,
        };
        for first in (0..self.depth).step_by(deep) {
            let depth = first..self.depth.min(first + deep);
            let (b, b_panel) = self.block(depth.clone(), columns.clone(), scratch);
            let bounds = match depth.end == self.depth {
                true => finish.bounds,
                false => Finish::SET.bounds,
            };
            let product = Product {
                rows: rows.len(),
                columns: columns.len(),
                depth: [1, 1, depth.len()],
                a: &self.a[product([rows.start, self.depth]).saturating_add(first)..],
                a_outer: 0,
                a_inner: 0,
                a_step: 1,
                a_row: self.depth,
                b,
                b_outer: 0,
                b_inner: 0,
                b_step: PANEL,
                b_panel,
                bias: self.bias.map(|bias| &bias[columns.clone()]),
                c_row,
                c_panel: PANEL,
                finish: Finish {
                    add: false,
                    resume: self.accumulate || first > 0,
                    bounds,
                },
            };
            product.run(tiles(), c);
        }
    }

    /// A block of the weight in panels, and the distance of these.
    fn block<'s>(
        &'s self,
        depth: Range<usize>,
        columns: Range<usize>,
        scratch: &'s mut [f32],
    ) -> (&'s [f32], usize) {
        let panel_len = depth.len() * PANEL;
        match self.weight {
            Weight::Packed(packed) => {
                let panel = self.depth * PANEL;
                let from = columns.start / PANEL * panel + depth.start * PANEL;
                return (&packed[from..], panel);
            }
            Weight::Rows(weight) => {
                let weight = &weight[depth.start * self.columns..depth.end * self.columns];
                copy_to_panels(weight, self.columns, columns, scratch, panel_len);
            }
            Weight::Columns(weight) => {
                let panels = scratch.chunks_exact_mut(panel_len);
                for (first, panel) in columns.clone().step_by(PANEL).zip(panels) {
                    let width = PANEL.min(columns.end - first);
                    let from = &weight[first * self.depth + depth.start..];
                    transpose(from, self.depth, width, depth.len(), panel);
                }
            }
        }
        (scratch, panel_len)
    }
}

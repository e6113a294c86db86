//! A window slid over a picture: one product for every row of output pixels, or fewer where rows join.

use super::axis::Axis;
use crate::kernels::length::product;
use crate::kernels::tile::{BLOCK_ROWS, PANEL, Product, Tiles, blocks};

/// Where the windows start and where their results go: pictures, rows and pixels of the output.
///
/// Taps above and below the picture are left out; to its left and right the picture must have zeros.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sweep {
    /// Number of pictures, rows, pixels in a row.
    pub extents: [usize; 3],
    /// Distances in the source: of pictures, of their rows, and of neighbouring windows in a row.
    pub source: [usize; 3],
    /// Distances of the results of pictures, rows and windows.
    pub result: [usize; 3],
    /// The windows along the rows of a picture.
    pub vertical: Axis,
}

impl Sweep {
    /// Joins rows and pictures that follow each other without a gap in source and result, so that a 1x1 convolution
    /// is one product, whatever the size of the picture.
    fn joined(mut self) -> Self {
        let Self {
            extents: [pictures, rows, pixels],
            source,
            result,
            vertical,
        } = &mut self;
        let row = vertical.stride * source[1];
        let gapless = row == *pixels * source[2] && result[1] == *pixels * result[2];
        if *rows == 1 || gapless && vertical.inside(*rows) == (0..*rows) {
            *pixels *= *rows;
            *rows = 1;
            if source[0] == *pixels * source[2] && result[0] == *pixels * result[2] {
                *pixels *= *pictures;
                *pictures = 1;
            }
        }
        self
    }

    /// Slides `window` (whose rows, operand `a` and `c_row` are filled in here) over `source`.
    ///
    /// The pixels of some rows stay in the caches while all panels pass, one of which stays in the first-level cache for these rows.
    pub fn run(self, tiles: &Tiles, window: &Product<'_>, source: &[f32], result: &mut [f32]) {
        let sweep = self.joined();
        let [pictures, rows, pixels] = sweep.extents;
        let lines = product([pictures, rows]);
        // A list is read by every panel; for one alone it may take longer than it saves.
        if lines > 1 && window.columns > PANEL && tiles.lists(pixels) {
            return sweep.run_listed(tiles, window, source, result);
        }
        let blocks = blocks(product([lines, pixels]), window.depth);
        let at_once = lines.div_ceil(blocks).max(1);
        // A row alone goes by blocks of its own.
        let columns_at_once = match at_once {
            1 => window.columns,
            _ => tiles.columns,
        };
        for first in (0..lines).step_by(at_once) {
            for column in (0..window.columns).step_by(columns_at_once) {
                let part = Product {
                    columns: columns_at_once.min(window.columns - column),
                    b: &window.b[column / PANEL * window.b_panel..],
                    bias: window.bias.map(|bias| &bias[column..]),
                    ..*window
                };
                for line in first..lines.min(first + at_once) {
                    let at = [line / rows, line % rows];
                    sweep.line(tiles, &part, at, source, &mut result[column..]);
                }
            }
        }
    }

    /// Short rows of pixels, joined where their windows have the same taps.
    fn run_listed(&self, tiles: &Tiles, window: &Product<'_>, source: &[f32], result: &mut [f32]) {
        let [pictures, rows, pixels] = self.extents;
        let (from, to) = (self.source, self.result);
        let mut next = 0;
        while next < rows {
            let first = next;
            let taps = self.vertical.taps(first);
            let same = (first..rows).take_while(|&row| self.vertical.taps(row) == taps);
            next += same.count();
            let start = |row: usize| match taps.is_empty() {
                true => 0,
                false => self.vertical.position(row, taps.start),
            };
            let product = Product {
                depth: [taps.len(), window.depth[1], window.depth[2]],
                a: source,
                a_row: from[2],
                a_step: 1,
                b: &window.b[taps.start * window.b_outer..],
                c_row: to[2],
                ..*window
            };
            let mut list = [[0; 2]; BLOCK_ROWS];
            let mut count = 0;
            for picture in 0..pictures {
                for row in first..next {
                    let a = picture * from[0] + start(row) * from[1];
                    let c = picture * to[0] + row * to[1];
                    for pixel in 0..pixels {
                        list[count] = [a + pixel * from[2], c + pixel * to[2]];
                        count += 1;
                        if count == BLOCK_ROWS {
                            product.run_listed(tiles, &list, result);
                            count = 0;
                        }
                    }
                }
            }
            product.run_listed(tiles, &list[..count], result);
        }
    }

    /// The windows of one row of a picture.
    fn line(
        &self,
        tiles: &Tiles,
        window: &Product<'_>,
        [picture, row]: [usize; 2],
        source: &[f32],
        result: &mut [f32],
    ) {
        let (from, to) = (self.source, self.result);
        let taps = self.vertical.taps(row);
        let start = if taps.is_empty() {
            0
        } else {
            self.vertical.position(row, taps.start)
        };
        let product = Product {
            rows: self.extents[2],
            depth: [taps.len(), window.depth[1], window.depth[2]],
            a: &source[picture * from[0] + start * from[1]..],
            a_row: from[2],
            a_step: 1,
            b: &window.b[taps.start * window.b_outer..],
            c_row: to[2],
            ..*window
        };
        product.run(tiles, &mut result[picture * to[0] + row * to[1]..]);
    }
}

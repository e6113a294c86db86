//! A window slid over a picture: one product for every row of output pixels, or fewer where rows join.

use crate::kernels::tile::{PANEL, Product, Tiles};

/// Where the windows start and where their results go: pictures, rows and pixels of the output.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sweep {
    /// Number of pictures, rows, pixels in a row.
    pub extents: [usize; 3],
    /// Distances of their windows in the source.
    pub source: [usize; 3],
    /// Distances of their results.
    pub result: [usize; 3],
}

impl Sweep {
    /// Joins levels that follow each other without a gap in source and result, so that a 1x1 convolution is one
    /// product, whatever the size of the picture.
    fn joined(mut self) -> Self {
        let Self {
            extents,
            source,
            result,
        } = &mut self;
        for _ in 0..2 {
            if extents[1] == 1
                || source[1] == extents[2] * source[2] && result[1] == extents[2] * result[2]
            {
                extents[2] *= extents[1];
                extents[1] = extents[0];
                (source[1], result[1]) = (source[0], result[0]);
                extents[0] = 1;
            }
        }
        self
    }

    /// Slides `window` (whose rows, operand `a` and `c_row` are filled in here) over `source`.
    ///
    /// Panels are the outermost loop, so that their weights stay in the first-level cache.
    pub fn run(self, tiles: &Tiles, window: &Product<'_>, source: &[f32], result: &mut [f32]) {
        let Self {
            extents: [pictures, rows, pixels],
            source: from,
            result: to,
        } = self.joined();
        for column in (0..window.columns).step_by(tiles.columns) {
            let columns = tiles.columns.min(window.columns - column);
            for picture in 0..pictures {
                for row in 0..rows {
                    let product = Product {
                        rows: pixels,
                        columns,
                        a: &source[picture * from[0] + row * from[1]..],
                        a_row: from[2],
                        a_step: 1,
                        b: &window.b[column / PANEL * window.b_panel..],
                        bias: window.bias.map(|bias| &bias[column..]),
                        c_row: to[2],
                        ..*window
                    };
                    product.run(tiles, &mut result[picture * to[0] + row * to[1] + column..]);
                }
            }
        }
    }
}

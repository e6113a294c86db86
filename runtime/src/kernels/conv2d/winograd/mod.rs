//! 3×3 convolutions by Winograd's minimal filtering, F(4×4, 3×3): 36 products in place of 144 for 16 pixels.
//!
//! A tile of 4×4 results comes from 6×6 pixels: `y = Aᵀ[(G w Gᵀ) ⊙ (Bᵀ x B)]A`. Summed over channels, the product at
//! each of the 36 places is a matrix product over tiles, which runs in the register tile under all products. The
//! gradient of the input is the same convolution with mirrored weights; that of the weight is
//! `Gᵀ[Σ (Bᵀ x B) ⊙ (A dy Aᵀ)]G`, summed over tiles.
//!
//! The transforms interpolate at 0, ±1/√2, ±√2 and ∞, whose products stay near 1: results are as good as two to three
//! times the rounding of the direct sum.
//!
//! Tiles go through in blocks small enough that the transformed numbers stay in the second-level cache.
//!
//! Sources: Lavin, Gray: *Fast Algorithms for Convolutional Neural Networks* (2016); Barabasz et al.: *Error Analysis
//! and Improving the Accuracy of Winograd Convolution* (2020).

mod convolve;
mod gradient;
mod scatter;
mod share;
mod transform;
mod weight;

use super::{Conv2d, PANEL};
use crate::kernels::length::product;
use shapeflow_terms::convolution::MOST_TRANSFORMED_PAIRS;

pub(super) use convolve::convolve;
pub(super) use gradient::backward_weight;
pub(super) use share::{GRADIENT_PARTS, backward_weight_shared};
pub(super) use weight::pack;

/// Places of a transformed tile.
const PLACES: usize = 36;

/// Results of a tile, along each axis.
pub(super) const STEP: usize = 4;

/// Distance of one panel's slot of transformed numbers to the next: a line more than its 36 places hold, so that
/// the same place of many tiles doesn't fall on few sets of the cache.
const SLOT: usize = (PLACES + 1) * PANEL;

/// Floats that the transformed operands of one block may take: half a megabyte.
const BLOCK_FLOATS: usize = 1 << 17;

/// A 3×3 correlation without strides.
#[derive(Clone, Copy, Debug)]
pub(super) struct Correlation {
    pub height: usize,
    pub width: usize,
    pub channels: usize,
    /// Rows and columns of the result.
    pub rows: usize,
    pub columns: usize,
    pub filters: usize,
    /// Zeros above and to the left.
    pub padding: [usize; 2],
}

/// Whether a convolution is computed this way: 3×3 without strides, whole panels of channels, not much of the tiles
/// beyond the picture, and weights that don't become too large (they grow by 36/9).
pub(super) const fn fits(spec: &Conv2d) -> bool {
    let [rows, columns] = spec.output();
    let tiles = product([rows.div_ceil(STEP), columns.div_ceil(STEP)]);
    spec.kernel[0] == 3
        && spec.kernel[1] == 3
        && spec.stride[0] == 1
        && spec.stride[1] == 1
        && spec.dilation[0] == 1
        && spec.dilation[1] == 1
        && spec.groups == 1
        && spec.padding[0][0] <= 2
        && spec.padding[0][1] <= 2
        && spec.padding[1][0] <= 2
        && spec.padding[1][1] <= 2
        && spec.channels.is_multiple_of(PANEL)
        && spec.filters.is_multiple_of(PANEL)
        && product([spec.channels, spec.filters]) <= MOST_TRANSFORMED_PAIRS
        && product([rows, columns]) >= product([8, tiles])
}

impl Correlation {
    /// The convolution itself.
    pub const fn forward(spec: &Conv2d) -> Self {
        let [rows, columns] = spec.output();
        Self {
            height: spec.height,
            width: spec.width,
            channels: spec.channels,
            rows,
            columns,
            filters: spec.filters,
            padding: [spec.padding[0][0], spec.padding[1][0]],
        }
    }

    /// From the gradient of the output to that of the input.
    pub const fn backward(spec: &Conv2d) -> Self {
        let [rows, columns] = spec.output();
        Self {
            height: rows,
            width: columns,
            channels: spec.filters,
            rows: spec.height,
            columns: spec.width,
            filters: spec.channels,
            padding: [2 - spec.padding[0][0], 2 - spec.padding[1][0]],
        }
    }

    /// The correlation that gives the rows from `start` to `end` of the result, and the first row of the picture that it reads.
    pub const fn band(&self, start: usize, end: usize) -> (Self, usize) {
        let above = self.padding[0];
        let from = start.saturating_sub(above);
        // The windows are of three rows, and no padding is as high.
        let to = end + 2 - above;
        let to = if to < self.height { to } else { self.height };
        let band = Self {
            height: to - from,
            rows: end - start,
            padding: [above.saturating_sub(start), self.padding[1]],
            ..*self
        };
        (band, from)
    }

    /// Length of the transformed weights.
    pub const fn packed_len(&self) -> usize {
        PLACES * plane(self.channels, self.filters)
    }

    /// Tiles along the rows and columns of a picture.
    const fn tiles(&self) -> [usize; 2] {
        [self.rows.div_ceil(STEP), self.columns.div_ceil(STEP)]
    }

    /// Floats of a tile of transformed pixels.
    const fn slots(&self) -> usize {
        self.channels / PANEL * SLOT
    }

    /// Floats of a tile of products.
    const fn product_slots(&self) -> usize {
        self.filters / PANEL * SLOT
    }

    /// Tiles in one block.
    const fn block(&self) -> usize {
        let fitting = BLOCK_FLOATS / (self.slots() + self.product_slots());
        if fitting < 16 { 16 } else { fitting }
    }

    /// Length of the scratch of [`convolve`].
    pub const fn scratch_len(&self) -> usize {
        self.block() * (self.slots() + self.product_slots())
    }

    /// Length of the scratch of [`backward_weight`]: also the transformed gradient.
    pub const fn gradient_scratch_len(&self) -> usize {
        self.scratch_len() + PLACES * plane(self.channels, self.filters)
    }

    /// The blocks of `n` pictures: `(first tile, tiles)`, all of about the same size.
    fn blocks(&self, n: usize) -> impl Iterator<Item = (usize, usize)> {
        let [down, across] = self.tiles();
        let tiles = n * down * across;
        let blocks = tiles.div_ceil(self.block());
        (0..blocks).map(move |block| {
            let first = tiles * block / blocks;
            (first, tiles * (block + 1) / blocks - first)
        })
    }

    /// The number from 0 on of `count` tiles, with their picture and the first row and column of their results.
    #[inline(always)]
    fn tiles_from(&self, first: usize, count: usize) -> impl Iterator<Item = (usize, [usize; 3])> {
        let [down, across] = self.tiles();
        let (picture, tile) = (first / (down * across), first % (down * across));
        let mut next = [picture, tile / across, tile % across];
        (0..count).map(move |t| {
            let [picture, row, column] = next;
            next = if column + 1 < across {
                [picture, row, column + 1]
            } else if row + 1 < down {
                [picture, row + 1, 0]
            } else {
                [picture + 1, 0, 0]
            };
            (t, [picture, row * STEP, column * STEP])
        })
    }
}

/// Distance of the weights, or of their gradients, at one place to those at the next: a line more than they hold, so
/// that the 36 of them don't fall on the same set of the cache.
pub(super) const fn plane(channels: usize, filters: usize) -> usize {
    channels * filters + PANEL
}

//! The convolution of few pictures shared out among the threads of a team, one picture after the other.
//!
//! | file | what is cut |
//! |---|---|
//! | `forward` | the output: bands of rows, each a convolution of its own |
//! | `backward_input` | the input's gradient, in the same way |
//! | `backward_weight` | the weight's gradient, by its rows |
//! | `columns` | the channels of a result that has few rows and a large weight |

mod backward_input;
mod backward_weight;
mod columns;
mod forward;
#[cfg(test)]
mod tests;

pub use backward_input::backward_input_shared;
pub use backward_weight::backward_weight_shared;
pub use forward::forward_shared;

pub(in crate::kernels) use backward_input::InputBands;
pub(in crate::kernels) use backward_weight::depthwise_shared;
pub(in crate::kernels) use forward::OutputBands;

use super::Conv2d;
use crate::kernels::team::parts;
use columns::Columns;

/// Positions of a result below which a band reads the weight for too few of them.
const BAND_POSITIONS: usize = 24;

/// The same for tiles by Winograd's method, whose weights are four times as large.
const BAND_TILES: usize = 8;

/// By how much longer a depthwise convolution takes for an operation: each number that it reads is in few of them.
const PRICE_OF_DEPTHWISE: u64 = 4;

/// As many bands as this find work for enough threads.
const ENOUGH_BANDS: usize = 4;

/// How the work on one picture is cut.
#[derive(Clone, Copy)]
enum Cut {
    /// Into so many bands of rows.
    Rows(usize),
    /// By the channels of the result.
    Columns(Columns),
}

impl Cut {
    /// `bands` of rows, or columns where there are few of these.
    const fn new(bands: usize, columns: Columns) -> Self {
        if bands < ENOUGH_BANDS && columns.parts > bands {
            Cut::Columns(columns)
        } else {
            Cut::Rows(bands)
        }
    }

    const fn parts(self) -> usize {
        match self {
            Cut::Rows(parts) | Cut::Columns(Columns { parts, .. }) => parts,
        }
    }
}

impl Conv2d {
    /// Into how many parts `most` can be cut, by what one picture's convolution costs.
    pub(in crate::kernels) const fn worth(&self, most: usize) -> usize {
        let price = if self.is_depthwise() {
            PRICE_OF_DEPTHWISE
        } else {
            1
        };
        parts(self.flops().saturating_mul(price), most)
    }

    /// Rows from the first tap of a window to its last.
    const fn reach(&self) -> usize {
        (self.kernel[0] - 1).saturating_mul(self.dilation[0])
    }
}

//! The depthwise convolution: no sum over channels, so the vectors lie along them.
//!
//! It reads its input a few times only, so nothing is copied: taps beyond the border are left out, pixel by pixel.

mod slide;
mod weight;

use std::ops::Range;

use super::axis::Axis;
use super::sweep::Sweep;
use crate::kernels::length::{check_len, product};
use crate::kernels::tile::Finish;
use crate::simd::dispatch;

pub(in crate::kernels) use weight::backward_weight;

/// A window of taps for every channel.
#[derive(Clone, Copy)]
pub(super) struct Window<'a> {
    pub channels: usize,
    /// The windows along a row of the picture.
    pub horizontal: Axis,
    /// `[tap row][tap column][channel]`
    pub weight: &'a [f32],
    pub bias: Option<&'a [f32]>,
    pub finish: Finish,
}

impl Window<'_> {
    /// Slides the window over `source`.
    pub fn run(self, sweep: Sweep, source: &[f32], result: &mut [f32]) {
        let Sweep {
            extents: [pictures, rows, pixels],
            source: from,
            result: to,
            vertical,
        } = sweep;
        if pictures == 0 || rows == 0 || pixels == 0 {
            return;
        }
        let end = (pictures - 1) * from[0]
            + (vertical.size - 1) * from[1]
            + self.horizontal.size * self.channels;
        assert!(end <= source.len(), "depthwise: the source is too short");
        let end =
            (pictures - 1) * to[0] + (rows - 1) * to[1] + (pixels - 1) * to[2] + self.channels;
        assert!(end <= result.len(), "depthwise: the result is too short");
        let taps = vertical.taps * self.horizontal.taps;
        check_len(
            self.weight.len(),
            product([taps, self.channels]),
            "depthwise: length of the weight",
        );
        if let Some(bias) = self.bias {
            check_len(bias.len(), self.channels, "depthwise: length of the bias");
        }
        dispatch(slide::Slide {
            window: self,
            sweep,
            source,
            result,
        });
    }
}

/// What of `range` lies before another that lies in it, or is empty, and behind.
fn around(range: Range<usize>, inner: &Range<usize>) -> impl Iterator<Item = usize> {
    // Where a window is wider than the picture the ends of what is inside have changed places.
    let (start, end) = (inner.start, inner.end.max(inner.start));
    (range.start..start.min(range.end)).chain(end.max(range.start)..range.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(
        clippy::reversed_empty_ranges,
        reason = "so it comes from windows wider than the picture"
    )]
    fn what_is_around_a_range_is_each_other_index_once() {
        let around = |inner| around(0..5, &inner).collect::<Vec<_>>();
        assert_eq!(around(1..3), [0, 3, 4]);
        assert!(around(0..5).is_empty());
        for empty in [0..0, 3..3, 5..5, 3..2] {
            assert_eq!(around(empty), [0, 1, 2, 3, 4]);
        }
    }
}

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

/// The part of `range` before another that lies in it, and the one behind.
fn around(range: Range<usize>, inner: &Range<usize>) -> impl Iterator<Item = usize> {
    (range.start..inner.start.min(range.end)).chain(inner.end.max(range.start)..range.end)
}

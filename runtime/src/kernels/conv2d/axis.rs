//! Which taps of a window lie in the picture, along one axis.

use std::ops::Range;

/// Windows along an axis of a picture: tap `k` of window `i` is at `start + i * stride + k * dilation`.
#[derive(Clone, Copy, Debug)]
pub(in crate::kernels) struct Axis {
    /// Where the first window starts: before the picture, if negative.
    pub start: isize,
    pub stride: usize,
    pub dilation: usize,
    /// Taps of a window.
    pub taps: usize,
    /// Positions of the picture.
    pub size: usize,
}

impl Axis {
    /// The taps of window `i` that lie in the picture.
    #[inline]
    pub fn taps(&self, i: usize) -> Range<usize> {
        within(
            self.start + (i * self.stride) as isize,
            self.dilation,
            self.size,
            self.taps,
        )
    }

    /// The windows of the first `count` whose tap `k` lies in the picture.
    #[inline]
    pub fn windows(&self, k: usize, count: usize) -> Range<usize> {
        within(
            self.start + (k * self.dilation) as isize,
            self.stride,
            self.size,
            count,
        )
    }

    /// The windows of the first `count` all of whose taps lie in the picture.
    #[inline]
    pub fn inside(&self, count: usize) -> Range<usize> {
        if self.taps == 0 {
            return 0..count;
        }
        let start = self.windows(0, count).start;
        start..self.windows(self.taps - 1, count).end.max(start)
    }

    /// The position of a tap that lies in the picture.
    #[inline]
    pub fn position(&self, i: usize, k: usize) -> usize {
        let position = self.start + (i * self.stride + k * self.dilation) as isize;
        debug_assert!((0..self.size as isize).contains(&position));
        position as usize
    }
}

/// The `i < count` with `0 <= first + i * step < size`.
#[inline]
fn within(first: isize, step: usize, size: usize, count: usize) -> Range<usize> {
    let start = if first < 0 {
        first.unsigned_abs().div_ceil(step)
    } else {
        0
    };
    let end = (size as isize - first).max(0) as usize;
    let start = start.min(count);
    start..end.div_ceil(step).clamp(start, count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taps_and_windows_are_those_in_the_picture() {
        for start in -7..8isize {
            for (stride, dilation, taps, size) in [
                (1, 1, 3, 5),
                (2, 1, 3, 8),
                (3, 2, 4, 6),
                (1, 4, 2, 3),
                (1, 1, 0, 4),
            ] {
                let axis = Axis {
                    start,
                    stride,
                    dilation,
                    taps,
                    size,
                };
                let lies = |i: usize, k: usize| {
                    (0..size as isize).contains(&(start + (i * stride + k * dilation) as isize))
                };
                let count = 6;
                for i in 0..count {
                    assert!(
                        (0..taps).all(|k| axis.taps(i).contains(&k) == lies(i, k)),
                        "{axis:?}, window {i}"
                    );
                    assert_eq!(
                        axis.inside(count).contains(&i),
                        (0..taps).all(|k| lies(i, k)),
                        "{axis:?}, window {i}"
                    );
                }
                for k in 0..taps {
                    assert!(
                        (0..count).all(|i| axis.windows(k, count).contains(&i) == lies(i, k)),
                        "{axis:?}, tap {k}"
                    );
                }
            }
        }
    }
}

//! The sizes of pooling: windows over pictures, and whole pictures at once.

use std::ops::Range;

use super::length::{check_sizes, product};

/// The sizes of a pooling layer over pictures `(n, height, width, channels)`.
///
/// Windows are `kernel` pixels large and `stride` pixels apart; `padding` widens the picture first. Every window lies
/// in the widened picture and holds at least one pixel of the picture itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pool2d {
    /// Rows of the input picture.
    pub(in crate::kernels) height: usize,
    /// Columns of the input picture.
    pub(in crate::kernels) width: usize,
    /// Channels of the input and of the output.
    pub(in crate::kernels) channels: usize,
    /// Window size, `[rows, columns]`.
    pub(in crate::kernels) kernel: [usize; 2],
    /// Distance between windows, `[rows, columns]`.
    pub(in crate::kernels) stride: [usize; 2],
    /// Padding, `[[top, bottom], [left, right]]`.
    pub(in crate::kernels) padding: [[usize; 2]; 2],
}

impl Pool2d {
    /// Single pixels.
    pub const ONE: Self = Self::new([1; 3], [1; 2], [1; 2], [[0; 2]; 2]);

    /// The pooling of pictures of these sizes, `[height, width, channels]`; `padding` is `[[top, bottom], [left, right]]`.
    ///
    /// # Panics
    /// If a size, a side of the window or a stride is 0, a window is larger than the padded picture or lies in the padding,
    /// or the sizes are too large for memory.
    pub const fn new(
        [height, width, channels]: [usize; 3],
        kernel: [usize; 2],
        stride: [usize; 2],
        padding: [[usize; 2]; 2],
    ) -> Self {
        let [rows, columns] = widened([height, width], padding);
        check_sizes(
            &[
                height, width, channels, kernel[0], kernel[1], stride[0], stride[1],
            ],
            &[product([rows, columns, channels])],
        );
        assert!(
            kernel[0] <= rows && kernel[1] <= columns,
            "pool: a window is larger than the padded picture"
        );
        let [[top, bottom], [left, right]] = padding;
        assert!(
            top < kernel[0] && bottom < kernel[0] && left < kernel[1] && right < kernel[1],
            "pool: a window lies in the padding"
        );
        Pool2d {
            height,
            width,
            channels,
            kernel,
            stride: shortened(stride, [rows, columns]),
            padding,
        }
    }

    /// Rows and columns of the output: `(size + padding - kernel) / stride + 1`, rounded down.
    pub const fn output(&self) -> [usize; 2] {
        let [height, width] = widened([self.height, self.width], self.padding);
        [
            (height - self.kernel[0]) / self.stride[0] + 1,
            (width - self.kernel[1]) / self.stride[1] + 1,
        ]
    }

    /// Values in one example of the input.
    pub const fn input_len(&self) -> usize {
        product([self.height, self.width, self.channels])
    }

    /// Values in one example of the output.
    pub const fn output_len(&self) -> usize {
        let [height, width] = self.output();
        product([height, width, self.channels])
    }

    /// The rows of the picture that the windows of output row `row` see.
    pub(in crate::kernels) const fn rows(&self, row: usize) -> Range<usize> {
        span(
            row * self.stride[0],
            self.kernel[0],
            self.padding[0][0],
            self.height,
        )
    }

    /// The columns of the picture that the windows of output column `column` see.
    pub(in crate::kernels) const fn columns(&self, column: usize) -> Range<usize> {
        span(
            column * self.stride[1],
            self.kernel[1],
            self.padding[1][0],
            self.width,
        )
    }

    /// Whether windows are 2×2, side by side, without padding: the common case with a fast path.
    pub(in crate::kernels) const fn is_halving(&self) -> bool {
        let [[top, bottom], [left, right]] = self.padding;
        self.kernel[0] == 2
            && self.kernel[1] == 2
            && self.stride[0] == 2
            && self.stride[1] == 2
            && top + bottom + left + right == 0
    }
}

/// A window of a batch: what it sees, and where its result stands.
pub(super) struct Window {
    /// Where the example's picture stands in the batch.
    pub picture: Range<usize>,
    /// The rows of the picture that the window sees, at least one.
    pub rows: Range<usize>,
    /// The columns, at least one.
    pub columns: Range<usize>,
    /// Where the results, one for each channel, stand in the batch.
    pub results: Range<usize>,
}

/// The windows of `n` examples in the order of their results. Rows and columns lie in the picture.
#[inline(always)]
pub(super) fn windows(spec: &Pool2d, n: usize) -> impl Iterator<Item = Window> + use<> {
    let (spec, [height, width]) = (*spec, spec.output());
    (0..n * height * width).map(move |window| {
        let (i, j) = (window / width % height, window % width);
        let picture = window / width / height * spec.input_len();
        Window {
            picture: picture..picture + spec.input_len(),
            rows: spec.rows(i),
            columns: spec.columns(j),
            results: window * spec.channels..(window + 1) * spec.channels,
        }
    })
}

/// Rows and columns of a picture with its padding, the largest number where they don't fit.
pub(super) const fn widened(
    [height, width]: [usize; 2],
    [[top, bottom], [left, right]]: [[usize; 2]; 2],
) -> [usize; 2] {
    [
        height.saturating_add(top).saturating_add(bottom),
        width.saturating_add(left).saturating_add(right),
    ]
}

/// Strides no longer than the padded picture: beyond it there is no second window, and the position of one would wrap.
pub(super) const fn shortened(stride: [usize; 2], padded: [usize; 2]) -> [usize; 2] {
    let [mut down, mut across] = stride;
    if down > padded[0] {
        down = padded[0];
    }
    if across > padded[1] {
        across = padded[1];
    }
    [down, across]
}

/// Where a window that starts at `start` of the padded axis meets the `size` real positions.
const fn span(start: usize, kernel: usize, before: usize, size: usize) -> Range<usize> {
    let first = start.saturating_sub(before);
    let end = (start + kernel).saturating_sub(before);
    Range {
        start: if first < size { first } else { size },
        end: if end < size { end } else { size },
    }
}

/// The sizes of a global pooling layer: `(n, positions, channels)` becomes `(n, channels)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GlobalPool {
    /// Positions that become one: height × width for pictures.
    pub(in crate::kernels) positions: usize,
    /// Channels of the input and of the output.
    pub(in crate::kernels) channels: usize,
}

impl GlobalPool {
    /// A single pixel.
    pub const ONE: Self = Self::new(1, 1);

    /// The pooling of `positions` pixels.
    ///
    /// # Panics
    /// If a size is 0 or the sizes are too large for memory.
    pub const fn new(positions: usize, channels: usize) -> Self {
        check_sizes(&[positions, channels], &[product([positions, channels])]);
        GlobalPool {
            positions,
            channels,
        }
    }

    /// Values in one example of the input.
    pub const fn input_len(&self) -> usize {
        product([self.positions, self.channels])
    }

    /// Values in one example of the output.
    pub const fn output_len(&self) -> usize {
        self.channels
    }
}

/// The windows of pooling, position by position.
pub(super) mod reference {
    use super::Pool2d;

    /// One window: example, output row, output column, channel.
    pub(in crate::kernels) type Window = [usize; 4];

    /// All windows, in the order of the output.
    pub(in crate::kernels) fn windows(
        spec: &Pool2d,
        n: usize,
    ) -> impl Iterator<Item = Window> + use<> {
        let ([height, width], channels) = (spec.output(), spec.channels);
        (0..n * height * width * channels).map(move |at| {
            [
                at / channels / width / height,
                at / channels / width % height,
                at / channels % width,
                at % channels,
            ]
        })
    }

    /// Where the values of a window stand in the input, row by row, padding left out.
    pub(in crate::kernels) fn inside(
        spec: &Pool2d,
        [example, i, j, channel]: Window,
    ) -> impl Iterator<Item = usize> + use<> {
        let spec = *spec;
        (0..spec.kernel[0] * spec.kernel[1]).filter_map(move |k| {
            let row = (i * spec.stride[0] + k / spec.kernel[1]).checked_sub(spec.padding[0][0])?;
            let column =
                (j * spec.stride[1] + k % spec.kernel[1]).checked_sub(spec.padding[1][0])?;
            (row < spec.height && column < spec.width).then(|| {
                ((example * spec.height + row) * spec.width + column) * spec.channels + channel
            })
        })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Any pooling whose windows all hold a real pixel; 2×2 halving in half of the cases.
    pub fn pool2d() -> impl Strategy<Value = Pool2d> {
        let sizes = (
            1..4_usize,
            1..4_usize,
            1..4_usize,
            1..4_usize,
            any::<bool>(),
        );
        (sizes, 1..9_usize, 1..9_usize, 1..40_usize, any::<[u8; 4]>()).prop_map(
            |((kh, kw, sh, sw, halving), height, width, channels, padding)| {
                if halving {
                    let (height, width) = (height + 1, width + 1);
                    return Pool2d {
                        height,
                        width,
                        channels,
                        kernel: [2; 2],
                        stride: [2; 2],
                        padding: [[0; 2]; 2],
                    };
                }
                let pad = |k: usize, axis: usize| usize::from(padding[k]) % [kh, kw][axis];
                let padding = [[pad(0, 0), pad(1, 0)], [pad(2, 1), pad(3, 1)]];
                let [height, width] = [height + kh - 1, width + kw - 1];
                Pool2d {
                    height,
                    width,
                    channels,
                    kernel: [kh, kw],
                    stride: [sh, sw],
                    padding,
                }
            },
        )
    }

    #[test]
    fn the_output_of_a_window_is_known_in_consts() {
        const POOL: Pool2d = Pool2d {
            height: 5,
            width: 7,
            channels: 3,
            kernel: [2, 3],
            stride: [2, 1],
            padding: [[0, 1], [1, 1]],
        };
        const OUTPUT: [usize; 2] = POOL.output();
        assert_eq!(OUTPUT, [3, 7]);
    }
}

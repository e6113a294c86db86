//! Windows over pictures, and pictures made larger. None has weights.

layers! {
    /// The largest value of each window, per channel.
    ///
    /// `[height, width, channels]` → `[(height - size) / stride + 1, (width - size) / stride + 1, channels]`, rounded down; with
    /// `padding = same` `height / stride`, rounded up. Padding never wins. No weights.
    ///
    /// ```
    /// shapeflow::model! { struct Net(x: [28, 28, 8]) -> [14, 14, 8] { x -> MaxPool2d(2) } }
    /// ```
    ///
    /// Source: Ranzato et al. 2007. Of equal values the first one gets the gradient.
    MaxPool2d, max_pool2d {
        /// Height and width of a window: `2`, or `2x3`. Required, by position.
        size: Pair,
        /// Pixels between two windows. Default: the size, so that windows don't overlap.
        stride: Pair,
        /// `valid` (none), `same`, a number, or `[[top, bottom], [left, right]]`. Default `valid`.
        padding: Padding,
    }

    /// The mean of each window, per channel; padding isn't counted.
    ///
    /// `[height, width, channels]` → `[(height - size) / stride + 1, (width - size) / stride + 1, channels]`, rounded down; with
    /// `padding = same` `height / stride`, rounded up. No weights.
    ///
    /// ```
    /// shapeflow::model! { struct Net(x: [28, 28, 8]) -> [14, 14, 8] { x -> AvgPool2d(2) } }
    /// ```
    ///
    /// Source: LeCun et al. 1989, sub-sampling.
    AvgPool2d, avg_pool2d {
        /// Height and width of a window: `2`, or `2x3`. Required, by position.
        size: Pair,
        /// Pixels between two windows. Default: the size, so that windows don't overlap.
        stride: Pair,
        /// `valid` (none), `same`, a number, or `[[top, bottom], [left, right]]`. Default `valid`.
        padding: Padding,
    }

    /// The mean of each channel.
    ///
    /// `[height, width, channels]` → `[channels]`: `y[c] = mean over i, j of x[i][j][c]`. No weights.
    ///
    /// ```
    /// shapeflow::model! { struct Net(x: [8, 8, 64]) -> [10] { x -> GlobalAvgPool -> Dense(10) } }
    /// ```
    ///
    /// Source: Lin et al. 2013, "Network in network", section 3.2.
    GlobalAvgPool, global_avg_pool {}

    /// The largest value of each channel.
    ///
    /// `[height, width, channels]` → `[channels]`: `y[c] = max over i, j of x[i][j][c]`. No weights.
    ///
    /// ```
    /// shapeflow::model! { struct Net(x: [8, 8, 64]) -> [10] { x -> GlobalMaxPool -> Dense(10) } }
    /// ```
    ///
    /// Source: Oquab et al. 2015, "Is object localization for free?".
    GlobalMaxPool, global_max_pool {}

    /// Zeros around a picture.
    ///
    /// `[height, width, channels]` → `[height + top + bottom, width + left + right, channels]`. No weights.
    ///
    /// ```
    /// shapeflow::model! { struct Net(x: [30, 30, 3]) -> [32, 33, 3] { x -> Pad([[1, 1], [1, 2]]) } }
    /// ```
    ///
    /// A convolution pads by itself: `Conv2d(32, 3x3, padding = same)`. Source: Keras' `ZeroPadding2D`.
    Pad, pad {
        /// A number for all sides, or `[[top, bottom], [left, right]]`. Required, by position.
        sides: Padding,
    }

    /// Pictures enlarged by a whole factor.
    ///
    /// `[height, width, channels]` → `[height * factor, width * factor, channels]`. No weights.
    ///
    /// ```
    /// shapeflow::model! {
    ///     struct Net(x: [16, 16, 8]) -> [32, 32, 8] {
    ///         x -> Upsample2d(2, mode = bilinear)
    ///     }
    /// }
    /// ```
    ///
    /// Source: Odena et al. 2016, "Deconvolution and checkerboard artifacts", which proposes it before a convolution in the
    /// place of a transposed one.
    Upsample2d, upsample2d {
        /// How many times larger, for both axes or `2x3`. Required, by position.
        factor: Pair,
        /// `nearest` repeats pixels, `bilinear` blends them (`align_corners = false`). Default `nearest`.
        mode: Word,
    }
}

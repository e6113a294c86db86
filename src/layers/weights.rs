//! Layers that are mostly their weights.

layers! {
    /// Fully connected: every output is a weighted sum of all features of the last axis.
    ///
    /// `[.., features]` → `[.., units]`, the same weights at every position of the axes before the last.
    ///
    /// ```text
    /// y[j] = sum over i of x[i] * weight[i][j] + bias[j]
    /// ```
    ///
    /// Weights: `weight` `[features, units]`, `bias` `[units]`: `features * units + units` parameters.
    ///
    /// ```
    /// shapeflow::model! {
    ///     struct Net(x: [784]) -> [10] {
    ///         x -> Dense(128) -> Relu -> Dense(10) -> Softmax
    ///     }
    /// }
    /// ```
    ///
    /// Source: Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks" (the
    /// initial weights). Keras and burn say `Dense` and `Linear`.
    Dense, dense {
        /// Features that come out. Required, by position.
        units: Dimension,
        /// Whether a bias is added. Default `true`; write `false` before a norm, which undoes it.
        bias: Flag,
        /// How `weight` starts. Default `glorot_uniform`.
        init: Init,
        /// How `bias` starts. Default `zeros`.
        bias_init: Init,
    }

    /// A filter slides over the picture; cross-correlation, as everywhere in the field.
    ///
    /// `[height, width, channels]` → `[height', width', filters]`, where along each axis
    ///
    /// ```text
    /// out = (in + padding_before + padding_after - dilation * (kernel - 1) - 1) / stride + 1, rounded down
    /// out = in / stride, rounded up, with padding = same
    /// ```
    ///
    /// ```text
    /// y[i][j][f] = bias[f] + sum over a, b, c of x[u][v][c] * weight[a][b][c][f]
    ///     where u = i * stride + a * dilation - top
    ///           v = j * stride + b * dilation - left
    /// ```
    ///
    /// Weights: `weight` `[kernel height, kernel width, channels / groups, filters]`, `bias` `[filters]`.
    ///
    /// ```
    /// shapeflow::model! { struct Net(image: [32, 32, 3]) -> [30, 30, 32] { image -> Conv2d(32, 3x3) } }
    /// ```
    ///
    /// Source: LeCun et al. 1998, "Gradient-based learning applied to document recognition"; depthwise: Howard et al. 2017,
    /// "MobileNets".
    Conv2d, conv2d {
        /// Channels that come out. Required, by position.
        filters: Dimension,
        /// Height and width of a filter: `3x3`. Required, by position.
        kernel: Pair,
        /// Pixels between two positions of a filter. Default `1`.
        stride: Pair,
        /// Zeros around the picture: `valid` (none), `same`, a number, or `[[top, bottom], [left, right]]`. Default `valid`.
        padding: Padding,
        /// Pixels between two taps of a filter. Default `1`: side by side.
        dilation: Pair,
        /// Into how many parts channels and filters are split; a filter sees its own part only. Must divide both. Default `1`.
        groups: Dimension,
        /// Whether a bias is added. Default `true`; write `false` before a norm, which undoes it.
        bias: Flag,
        /// How `weight` starts. Default `glorot_uniform`.
        init: Init,
        /// How `bias` starts. Default `zeros`.
        bias_init: Init,
        /// One group for each channel: `Conv2d(32, 3x3, depthwise)`. Default `false`.
        depthwise: Flag,
    }

    /// The transpose of a convolution: each pixel paints a weighted filter; makes pictures larger.
    ///
    /// `[height, width, channels]` → `[height', width', filters]`, where along each axis
    ///
    /// ```text
    /// out = (in - 1) * stride + kernel + output_padding - padding_before - padding_after
    /// out = in * stride, with padding = same
    /// ```
    ///
    /// Weights: `weight` `[kernel height, kernel width, channels, filters / groups]`, `bias` `[filters]`.
    ///
    /// ```
    /// shapeflow::model! {
    ///     struct Net(x: [16, 16, 8]) -> [32, 32, 4] {
    ///         x -> ConvTranspose2d(4, 2x2, stride = 2)
    ///     }
    /// }
    /// ```
    ///
    /// Source: Zeiler et al. 2010, "Deconvolutional networks"; Dumoulin and Visin 2016, "A guide to convolution arithmetic".
    ConvTranspose2d, conv_transpose2d {
        /// Channels that come out. Required, by position.
        filters: Dimension,
        /// Height and width of a filter: `2x2`. Required, by position.
        kernel: Pair,
        /// Pixels of the result between two pixels of the input. Default `1`.
        stride: Pair,
        /// What is cut off the result: `valid` (nothing), `same`, a number, or `[[top, bottom], [left, right]]`. Default `valid`.
        padding: Padding,
        /// Pixels added at the bottom and right. Default `0`.
        output_padding: Pair,
        /// Into how many parts channels and filters are split. Must divide both. Default `1`.
        groups: Dimension,
        /// Whether a bias is added. Default `true`.
        bias: Flag,
        /// How `weight` starts. Default `glorot_uniform`.
        init: Init,
        /// How `bias` starts. Default `zeros`.
        bias_init: Init,
    }
}

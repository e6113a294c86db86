//! Norms, and noise against overfitting. The shape stays.

layers! {
    /// Each channel with mean 0 and variance 1 over the batch, then scaled and shifted.
    ///
    /// `[.., channels]` → the same shape. In training the statistics are the batch's (over all examples and positions); in
    /// predictions the running ones.
    ///
    /// ```text
    /// y = (x - mean) / sqrt(variance + epsilon) * scale + shift
    /// running = momentum * running + (1 - momentum) * batch's
    /// ```
    ///
    /// The variance by which `x` is divided is the batch's with `n` in the divisor; the running one takes it with `n - 1`, as
    /// the variance of the data is estimated (n: examples × positions). A batch that gives a channel a single value has no
    /// variance: training refuses it.
    ///
    /// Weights: `scale` `[channels]` (ones) and `shift` `[channels]` (zeros): `2 * channels` parameters. State, not trained:
    /// `running_mean` and `running_variance` `[channels]`.
    ///
    /// ```
    /// shapeflow::model! {
    ///     struct Net(x: [8, 8, 3]) -> [6, 6, 16] {
    ///         x -> Conv2d(16, 3x3, bias = false) -> BatchNorm -> Relu
    ///     }
    /// }
    /// ```
    ///
    /// Source: Ioffe and Szegedy 2015, "Batch normalization", algorithms 1 and 2.
    BatchNorm, batch_norm {
        /// How much of the running statistics stays at each step, 0 to 1. Default `0.99`.
        momentum: Number,
        /// Added to the variance, above 0. Default `0.001`.
        epsilon: Number,
    }

    /// The last axis of each example with mean 0 and variance 1, then scaled and shifted.
    ///
    /// `[.., features]` → the same shape; the same in training and predictions.
    ///
    /// ```text
    /// y = (x - mean) / sqrt(variance + epsilon) * scale + shift
    /// ```
    ///
    /// Weights: `scale` `[features]` (ones) and `shift` `[features]` (zeros): `2 * features` parameters.
    ///
    /// ```
    /// shapeflow::model! { struct Net(x: [16, 64]) -> [16, 64] { x -> LayerNorm -> Dense(64) } }
    /// ```
    ///
    /// Source: Ba et al. 2016, "Layer normalization".
    LayerNorm, layer_norm {
        /// Added to the variance, above 0. Default `0.001`.
        epsilon: Number,
    }

    /// The last axis of each example divided by the root of its mean square, then scaled.
    ///
    /// `[.., features]` → the same shape; the same in training and predictions. Cheaper than `LayerNorm`, since nothing is
    /// subtracted.
    ///
    /// ```text
    /// y = x / sqrt(mean(x²) + epsilon) * scale
    /// ```
    ///
    /// Weights: `scale` `[features]` (ones): `features` parameters.
    ///
    /// ```
    /// shapeflow::model! { struct Net(x: [16, 64]) -> [16, 64] { x -> RmsNorm -> Dense(64) } }
    /// ```
    ///
    /// Source: Zhang and Sennrich 2019, "Root mean square layer normalization".
    RmsNorm, rms_norm {
        /// Added to the mean square, above 0. Default `0.000001`.
        epsilon: Number,
    }

    /// Each group of channels of each example with mean 0 and variance 1, then scaled and shifted.
    ///
    /// `[.., channels]` → the same shape; the statistics are over all positions and the channels of a group, so that the size of
    /// the batch doesn't matter.
    ///
    /// ```text
    /// y = (x - mean) / sqrt(variance + epsilon) * scale + shift
    /// ```
    ///
    /// Weights: `scale` `[channels]` (ones) and `shift` `[channels]` (zeros): `2 * channels` parameters.
    ///
    /// ```
    /// shapeflow::model! {
    ///     struct Net(x: [8, 8, 3]) -> [6, 6, 16] {
    ///         x -> Conv2d(16, 3x3, bias = false) -> GroupNorm(4) -> Relu
    ///     }
    /// }
    /// ```
    ///
    /// Source: Wu and He 2018, "Group normalization".
    GroupNorm, group_norm {
        /// How many groups; must divide the channels. Required, by position.
        groups: Dimension,
        /// Added to the variance, above 0. Default `0.001`.
        epsilon: Number,
    }

    /// In training, zeroes values at random and scales up the others; in predictions, nothing.
    ///
    /// Any shape → the same shape: `y = x / (1 - rate)` with probability `1 - rate`, else `0`. No weights. What is zeroed depends
    /// on the seed and the step alone, not on the number of threads.
    ///
    /// ```
    /// shapeflow::model! {
    ///     struct Net(x: [64]) -> [10] {
    ///         x -> Dense(128) -> Relu -> Dropout(0.5) -> Dense(10)
    ///     }
    /// }
    /// ```
    ///
    /// Source: Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from overfitting".
    Dropout, dropout {
        /// The share of values that are zeroed, from 0 to below 1. Required, by position.
        rate: Number,
    }
}

//! The same values under other axes. None has weights.

layers! {
    /// All axes become one, in memory order.
    ///
    /// `[a, b, c]` → `[a * b * c]`: `y[(i * b + j) * c + k] = x[i][j][k]`. No weights, and no work: nothing is copied.
    ///
    /// ```
    /// shapeflow::model! { struct Net(image: [28, 28, 1]) -> [10] { image -> Flatten -> Dense(10) } }
    /// ```
    ///
    /// Source: Keras' `Flatten`.
    Flatten, flatten {}

    /// The same values under other axes, in memory order.
    ///
    /// Any shape → `shape`, of the same size; one axis may be `-1`: what is left. No weights.
    ///
    /// ```
    /// shapeflow::model! { struct Net(x: [3136]) -> [7, 7, 64] { x -> Reshape([7, 7, -1]) } }
    /// ```
    ///
    /// Source: NumPy's `reshape`.
    Reshape, reshape {
        /// The axes that come out, without the batch. Required, by position.
        shape: List,
    }

    /// Axes in another order.
    ///
    /// `[a, b, c]` through `Permute([2, 0, 1])` → `[c, a, b]`: axis `i` of the output is axis `order[i]` of the input. No weights.
    ///
    /// ```
    /// shapeflow::model! { struct Net(x: [8, 9, 3]) -> [3, 8, 9] { x -> Permute([2, 0, 1]) } }
    /// ```
    ///
    /// Source: NumPy's `transpose`.
    Permute, permute {
        /// Each axis once, counted from 0 without the batch. Required, by position.
        order: List,
    }

    /// Values side by side along one axis.
    ///
    /// `([.., a, ..], [.., b, ..])` → `[.., a + b, ..]`; the other axes must be equal. Takes a tuple of two or more. No weights.
    ///
    /// ```
    /// shapeflow::model! { struct Net(a: [4], b: [8]) -> [12] { (a, b) -> Concat(axis = -1) } }
    /// ```
    ///
    /// Source: NumPy's `concatenate`; Huang et al. 2017, "Densely connected convolutional networks".
    Concat, concat {
        /// Counted from 0 without the batch, or from the end if negative. Default `-1`: the last.
        axis: Axis,
    }
}

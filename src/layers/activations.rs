//! Functions of each value, stages of their own: the compiler fuses them into the layer before. None has weights.

layers! {
    /// Negative values become 0.
    ///
    /// Any shape → the same shape. No weights.
    ///
    /// ```text
    /// y = max(x, 0)
    /// ```
    ///
    /// ```
    /// shapeflow::model! { struct Net(x: [8]) -> [10] { x -> Dense(32) -> Relu -> Dense(10) } }
    /// ```
    ///
    /// Source: Nair and Hinton 2010, "Rectified linear units improve restricted Boltzmann machines".
    Relu, relu {}

    /// Values are held between 0 and 6.
    ///
    /// Any shape → the same shape. No weights.
    ///
    /// ```text
    /// y = min(max(x, 0), 6)
    /// ```
    ///
    /// ```
    /// shapeflow::model! { struct Net(x: [8]) -> [10] { x -> Dense(32) -> Relu6 -> Dense(10) } }
    /// ```
    ///
    /// Source: Howard et al. 2017, "MobileNets".
    Relu6, relu6 {}

    /// Negative values keep a small slope.
    ///
    /// Any shape → the same shape. No weights.
    ///
    /// ```text
    /// y = x if x > 0, else slope * x
    /// ```
    ///
    /// ```
    /// shapeflow::model! { struct Net(x: [8]) -> [10] { x -> Dense(32) -> LeakyRelu -> Dense(10) } }
    /// ```
    ///
    /// Source: Maas et al. 2013, "Rectifier nonlinearities improve neural network acoustic models".
    LeakyRelu, leaky_relu {
        /// The slope below 0, from 0 to below 1. By position or name; default `0.01`.
        slope: Number,
    }

    /// Negative values flatten out towards `-alpha`.
    ///
    /// Any shape → the same shape. No weights.
    ///
    /// ```text
    /// y = x if x > 0, else alpha * (exp(x) - 1)
    /// ```
    ///
    /// ```
    /// shapeflow::model! { struct Net(x: [8]) -> [10] { x -> Dense(32) -> Elu -> Dense(10) } }
    /// ```
    ///
    /// Source: Clevert et al. 2016, "Fast and accurate deep network learning by exponential linear units".
    Elu, elu {
        /// What negative values approach, above 0. By position or name; default `1.0`.
        alpha: Number,
    }

    /// Each value by the probability that a standard normal number is below it.
    ///
    /// Any shape → the same shape. No weights.
    ///
    /// ```text
    /// y = x * (1 + erf(x / sqrt(2))) / 2
    /// y = x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))) / 2, with approximate = tanh
    /// ```
    ///
    /// ```
    /// shapeflow::model! { struct Net(x: [8]) -> [10] { x -> Dense(32) -> Gelu -> Dense(10) } }
    /// ```
    ///
    /// Source: Hendrycks and Gimpel 2016, "Gaussian error linear units".
    Gelu, gelu {
        /// `none` for the exact form, `tanh` for the approximation of GPT-2. Default `none`.
        approximate: Word,
    }

    /// Each value by its own sigmoid; also called swish.
    ///
    /// Any shape → the same shape. No weights.
    ///
    /// ```text
    /// y = x / (1 + exp(-x))
    /// ```
    ///
    /// ```
    /// shapeflow::model! { struct Net(x: [8]) -> [10] { x -> Dense(32) -> Silu -> Dense(10) } }
    /// ```
    ///
    /// Source: Elfwing et al. 2018; Ramachandran et al. 2017, "Searching for activation functions".
    Silu, silu {}

    /// Smooth, and bounded below.
    ///
    /// Any shape → the same shape. No weights.
    ///
    /// ```text
    /// y = x * tanh(ln(1 + exp(x)))
    /// ```
    ///
    /// ```
    /// shapeflow::model! { struct Net(x: [8]) -> [10] { x -> Dense(32) -> Mish -> Dense(10) } }
    /// ```
    ///
    /// Source: Misra 2020, "Mish: a self regularized non-monotonic activation function".
    Mish, mish {}

    /// `Silu` out of straight pieces: cheap.
    ///
    /// Any shape → the same shape. No weights.
    ///
    /// ```text
    /// y = x * min(max(x + 3, 0), 6) / 6
    /// ```
    ///
    /// ```
    /// shapeflow::model! { struct Net(x: [8]) -> [10] { x -> Dense(32) -> HardSwish -> Dense(10) } }
    /// ```
    ///
    /// Source: Howard et al. 2019, "Searching for MobileNetV3".
    HardSwish, hard_swish {}

    /// `Sigmoid` out of straight pieces: cheap, exactly 0 from -3 down and 1 from 3 up.
    ///
    /// Any shape → the same shape. No weights. At a model's end it stays a layer: only `Sigmoid` is a link.
    ///
    /// ```text
    /// y = min(max(x + 3, 0), 6) / 6
    /// ```
    ///
    /// ```
    /// shapeflow::model! { struct Net(x: [8]) -> [10] { x -> Dense(32) -> HardSigmoid -> Dense(10) } }
    /// ```
    ///
    /// Source: Howard et al. 2019, "Searching for MobileNetV3"; the same as `torch.nn.Hardsigmoid` and Keras 3's `hard_sigmoid`.
    HardSigmoid, hard_sigmoid {}

    /// Each value to a number between 0 and 1. At a model's end it is the model's link: losses take the value before it.
    ///
    /// Any shape → the same shape. No weights.
    ///
    /// ```text
    /// y = 1 / (1 + exp(-x))
    /// ```
    ///
    /// ```
    /// shapeflow::model! { struct Net(x: [8]) -> [10] { x -> Dense(10) -> Sigmoid } }
    /// ```
    ///
    /// Source: Rumelhart et al. 1986, "Learning representations by back-propagating errors".
    Sigmoid, sigmoid {}

    /// Each value to a number between -1 and 1.
    ///
    /// Any shape → the same shape. No weights.
    ///
    /// ```text
    /// y = tanh(x)
    /// ```
    ///
    /// ```
    /// shapeflow::model! { struct Net(x: [8]) -> [10] { x -> Dense(32) -> Tanh -> Dense(10) } }
    /// ```
    ///
    /// Source: LeCun et al. 1998, "Efficient backprop".
    Tanh, tanh {}

    /// A smooth `Relu`.
    ///
    /// Any shape → the same shape. No weights.
    ///
    /// ```text
    /// y = ln(1 + exp(x))
    /// ```
    ///
    /// ```
    /// shapeflow::model! { struct Net(x: [8]) -> [10] { x -> Dense(32) -> Softplus -> Dense(10) } }
    /// ```
    ///
    /// Source: Dugas et al. 2001, "Incorporating second-order functional knowledge for better option pricing".
    Softplus, softplus {}

    /// Scores of the last axis to probabilities. At a model's end it is the model's link: losses take the scores before it, in the stable form.
    ///
    /// `[.., classes]` → the same shape, over the last axis. No weights.
    ///
    /// ```text
    /// y[i] = exp(x[i] - max) / sum over j of exp(x[j] - max)
    /// ```
    ///
    /// ```
    /// shapeflow::model! { struct Net(x: [8]) -> [10] { x -> Dense(10) -> Softmax } }
    /// ```
    ///
    /// Source: Bridle 1990, "Probabilistic interpretation of feedforward classification network outputs".
    Softmax, softmax {}

    /// Scores of the last axis to logarithms of probabilities. At a model's end it is the model's link, as `Softmax`.
    ///
    /// `[.., classes]` → the same shape, over the last axis. No weights.
    ///
    /// ```text
    /// y[i] = x[i] - max - ln(sum over j of exp(x[j] - max))
    /// ```
    ///
    /// ```
    /// shapeflow::model! { struct Net(x: [8]) -> [10] { x -> Dense(10) -> LogSoftmax } }
    /// ```
    ///
    /// Source: Bridle 1990, "Probabilistic interpretation of feedforward classification network outputs".
    LogSoftmax, log_softmax {}
}

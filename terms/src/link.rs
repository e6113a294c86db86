//! The function at a model's end that turns outputs into predictions.

/// The function that predictions pass through; losses take the value before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Link {
    /// No function: predictions are the outputs.
    Plain,
    /// `softmax` over the last axis.
    Softmax,
    /// `log(softmax)` over the last axis.
    LogSoftmax,
    /// `1 / (1 + exp(-x))`, element by element.
    Sigmoid,
}

impl Link {
    /// The name of the variant, for code that is printed and for people: `Softmax`.
    pub const fn variant(self) -> &'static str {
        match self {
            Link::Plain => "Plain",
            Link::Softmax => "Softmax",
            Link::LogSoftmax => "LogSoftmax",
            Link::Sigmoid => "Sigmoid",
        }
    }
}

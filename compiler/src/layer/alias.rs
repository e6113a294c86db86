//! Layers of Keras, PyTorch and burn, and ours for them: only for error messages.

/// What another framework has as a layer and isn't one here, and what to write instead.
const PHRASES: &[(&str, &str)] = &[
    (
        "SeparableConv2D",
        "Conv2d(channels, 3x3, depthwise) -> Conv2d(filters, 1x1)",
    ),
    ("DepthwiseConv2D", "Conv2d(channels, 3x3, depthwise)"),
    ("InstanceNorm2d", "GroupNorm(channels)"),
    ("PReLU", "`LeakyRelu`; its slope isn't learned"),
    ("Selu", "`Elu` or `Gelu`"),
    ("Rescaling", "arithmetic, as in `0.5 * image`"),
    ("Lambda", "the formula itself, as in `2.0 * x`"),
    (
        "Normalize",
        "`BatchNorm`, or normalise the data set before training",
    ),
    (
        "Normalization",
        "`BatchNorm`, or normalise the data set before training",
    ),
    (
        "CrossEntropyLoss",
        "a `Softmax` here; a loss is given to `Fit::new`",
    ),
    (
        "BCEWithLogitsLoss",
        "a `Sigmoid` here; a loss is given to `Fit::new`",
    ),
    ("MSELoss", "nothing here; a loss is given to `Fit::new`"),
    ("Add", "`a + b`"),
    ("Subtract", "`a - b`"),
    ("Multiply", "`a * b`"),
    ("Identity", "nothing: leave the stage out"),
    ("Input", "an input, as in `struct Net(image: [28, 28, 1])`"),
    (
        "InputLayer",
        "an input, as in `struct Net(image: [28, 28, 1])`",
    ),
    (
        "Sequential",
        "a chain, as in `image -> Flatten -> Dense(10)`",
    ),
    ("Activation", "the activation itself, as in `-> Relu`"),
];

/// Layers that are known but don't exist here yet.
const LATER: &[&str] = &[
    "Embedding",
    "Unembed",
    "Position",
    "Attention",
    "MultiHeadAttention",
    "MultiheadAttention",
    "TransformerEncoder",
    "TransformerEncoderLayer",
    "Bidirectional",
    "Conv3D",
    "Lstm",
    "LSTM",
    "Gru",
    "GRU",
    "Rnn",
    "SimpleRNN",
    "Conv1d",
    "Conv1D",
    "Conv3d",
];

/// What does the work of a layer that is still to come.
pub fn meanwhile(name: &str) -> Option<&'static str> {
    let sequence =
        "over a sequence as a picture `[time, 1, channels]`, `Conv2d(filters, 3x1)` is the same";
    name.eq_ignore_ascii_case("Conv1d").then_some(sequence)
}

/// What to write instead of another framework's layer.
pub fn layer(name: &str) -> Option<&'static str> {
    let lower = name.to_lowercase();
    let exact = words().find(|(theirs, _)| *theirs == name);
    let found = exact.or_else(|| words().find(|(theirs, _)| theirs.to_lowercase() == lower));
    found.map(|(_, ours)| ours)
}

/// All words of other frameworks, with ours for each.
fn words() -> impl Iterator<Item = (&'static str, &'static str)> {
    let names = super::all().flat_map(|entry| {
        let aliases = entry.signature.aliases.iter();
        aliases.map(|alias| (*alias, entry.signature.name))
    });
    names.chain(PHRASES.iter().copied())
}

/// The layer that a word means for certain: its name in any case, or another framework's.
pub fn surely(word: &str) -> Option<&'static str> {
    let known = super::names().find(|name| name.eq_ignore_ascii_case(word));
    known.or_else(|| layer(word).filter(|ours| super::find(ours).is_some()))
}

/// Whether a layer of this name is planned.
pub fn is_planned(name: &str) -> bool {
    LATER.contains(&name)
}

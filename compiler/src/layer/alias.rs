//! Words of Keras, PyTorch and burn, and ours for them: only for error messages.

/// What another framework calls a layer, and what to write here.
const LAYERS: &[(&str, &str)] = &[
    ("Linear", "Dense"),
    ("FullyConnected", "Dense"),
    ("Fc", "Dense"),
    ("Conv", "Conv2d"),
    ("Convolution2D", "Conv2d"),
    (
        "SeparableConv2D",
        "Conv2d(channels, 3x3, depthwise) -> Conv2d(filters, 1x1)",
    ),
    ("DepthwiseConv2D", "Conv2d(channels, 3x3, depthwise)"),
    ("Conv2DTranspose", "ConvTranspose2d"),
    ("ConvTranspose", "ConvTranspose2d"),
    ("Deconv2d", "ConvTranspose2d"),
    ("MaxPool", "MaxPool2d"),
    ("MaxPooling2D", "MaxPool2d"),
    ("AvgPool", "AvgPool2d"),
    ("AveragePooling2D", "AvgPool2d"),
    ("AveragePool2d", "AvgPool2d"),
    ("GlobalAveragePooling2D", "GlobalAvgPool"),
    ("GlobalAvgPool2d", "GlobalAvgPool"),
    ("AdaptiveAvgPool2d", "GlobalAvgPool"),
    ("GlobalMaxPooling2D", "GlobalMaxPool"),
    ("GlobalMaxPool2d", "GlobalMaxPool"),
    ("AdaptiveMaxPool2d", "GlobalMaxPool"),
    ("BatchNormalization", "BatchNorm"),
    ("BatchNorm1d", "BatchNorm"),
    ("BatchNorm2d", "BatchNorm"),
    ("LayerNormalization", "LayerNorm"),
    ("GroupNormalization", "GroupNorm"),
    ("InstanceNorm2d", "GroupNorm(channels)"),
    ("Dropout2d", "Dropout"),
    ("SpatialDropout2D", "Dropout"),
    ("ZeroPadding2D", "Pad"),
    ("ZeroPad2d", "Pad"),
    ("ConstantPad2d", "Pad"),
    ("UpSampling2D", "Upsample2d"),
    ("Upsample", "Upsample2d"),
    ("Interpolate2d", "Upsample2d"),
    ("Concatenate", "Concat"),
    ("Cat", "Concat"),
    ("cat", "Concat"),
    ("concat", "Concat"),
    ("Unflatten", "Reshape"),
    ("View", "Reshape"),
    ("Transpose", "Permute"),
    ("ReLU", "Relu"),
    ("ReLU6", "Relu6"),
    ("LeakyReLU", "LeakyRelu"),
    ("ELU", "Elu"),
    ("GELU", "Gelu"),
    ("SiLU", "Silu"),
    ("Swish", "Silu"),
    ("Hardswish", "HardSwish"),
    ("Logistic", "Sigmoid"),
    ("TanH", "Tanh"),
    ("SoftPlus", "Softplus"),
    ("LogSoftMax", "LogSoftmax"),
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

/// What to write instead of another framework's layer.
pub fn layer(name: &str) -> Option<&'static str> {
    let exact = LAYERS.iter().find(|(theirs, _)| *theirs == name);
    let found = exact.or_else(|| {
        let lower = name.to_lowercase();
        LAYERS
            .iter()
            .find(|(theirs, _)| theirs.to_lowercase() == lower)
    });
    found.map(|(_, ours)| *ours)
}

/// Whether a layer of this name is planned.
pub fn is_planned(name: &str) -> bool {
    LATER.contains(&name)
}

/// What another framework calls an argument: our name for it (empty: for every layer), and the help.
pub fn argument(name: &str) -> Option<(&'static str, &'static str)> {
    Some(match name {
        "use_bias" => ("bias", "write `bias = false`"),
        "strides" => ("stride", "write `stride = 2`"),
        "dilation_rate" => ("dilation", "write `dilation = 2`"),
        "pads" | "pad" => ("padding", "write `padding = 1`"),
        "kernel_initializer" | "weight_init" | "initializer" | "weight" => {
            ("init", "write `init = he_normal`")
        }
        "bias_initializer" => ("bias_init", "write `bias_init = zeros`"),
        "eps" => ("epsilon", "write `epsilon = 1e-5`"),
        "alpha" | "negative_slope" => ("slope", "write `slope = 0.01`"),
        "dim" => ("axis", "write `axis = -1`"),
        "interpolation" => ("mode", "write `mode = nearest`"),
        "activation" | "act" => (
            "",
            "an activation is a stage of its own: write `-> Relu` after it",
        ),
        "in_features" | "in_channels" | "input_dim" | "input_shape" | "input_size"
        | "num_features" | "num_channels" | "normalized_shape" | "d_input" | "channels" => (
            "",
            "remove it: the input's size flows in and is never written",
        ),
        "out_features" | "units" | "d_output" | "out_channels" | "filters" | "features" => {
            ("", "the size is the first argument, by position")
        }
        "kernel_size" | "pool_size" | "size" => ("", "the size is given by position, as in `3x3`"),
        "p" | "prob" => ("", "the rate is given by position, as in `Dropout(0.5)`"),
        "num_groups" => (
            "",
            "the number of groups is given by position, as in `GroupNorm(8)`",
        ),
        "name" => (
            "",
            "a name stands before the layer, as in `stem: Conv2d(32, 3x3)`",
        ),
        "trainable" | "device" | "dtype" | "kernel_regularizer" | "data_format" => {
            ("", "remove it: layers have no such option here")
        }
        _ => return None,
    })
}

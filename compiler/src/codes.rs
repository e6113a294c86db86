//! Every kind of error and warning: its short stable name, and what it means. `docs/errors.md` is made from this table.

/// Kinds that belong together.
#[derive(Debug)]
pub struct Theme {
    pub title: &'static str,
    pub codes: &'static [Code],
}

/// One kind.
#[derive(Debug)]
pub struct Code {
    /// The name in the message's last line.
    pub name: &'static str,
    /// What is wrong, and why it is refused.
    pub meaning: &'static str,
}

const fn code(name: &'static str, meaning: &'static str) -> Code {
    Code { name, meaning }
}

/// All of them.
pub const THEMES: &[Theme] = &[
    Theme {
        title: "Shapes that don't fit",
        codes: &[
            code(
                "wants-one-axis",
                "`Dense` multiplies a vector of features by its weights. A picture has to be made a vector first: `Flatten` lays its numbers out one after the other, `GlobalAvgPool` takes the mean of each channel.",
            ),
            code(
                "wants-picture",
                "Convolutions and pooling work on `[height, width, channels]`, channels last, without the batch. A grey picture has one channel, which must be written.",
            ),
            code(
                "wants-an-axis",
                "The layer works along the last axis, and a single number has none.",
            ),
            code(
                "declared-shape",
                "What arrives at the end of a struct, a block or a `let` with a shape isn't what was declared. Either the last layer or the declaration is wrong; the help shows both ways out.",
            ),
            code(
                "shapes-differ",
                "`+`, `-` and `*` work element by element. Axes are compared from the last one on, and must be equal unless one of them is 1 (NumPy's broadcasting).",
            ),
            code(
                "concat-shapes",
                "Joined values may differ only along the axis on which they are joined.",
            ),
            code(
                "block-input",
                "A block's input shape is a pattern: a name that stands twice must stand for the same size, and an expression such as `2 * H` must be possible.",
            ),
            code(
                "window-too-large",
                "The window of a convolution or of pooling doesn't fit into the picture even once.",
            ),
            code(
                "inexact-division",
                "Sizes are whole numbers, and a division must come out exactly: nothing is rounded behind your back.",
            ),
            code(
                "division-by-zero",
                "A size is divided by a const that is 0.",
            ),
            code(
                "groups-do-not-divide",
                "Groups split channels into equal parts, so their number has to divide both the channels that come in and the filters.",
            ),
            code(
                "reshape-size",
                "`Reshape` moves numbers to other places; it can't make more or fewer of them.",
            ),
            code(
                "permute-axes",
                "`Permute` names every axis of one example once, counted from 0; the batch isn't counted.",
            ),
            code(
                "no-such-axis",
                "The value has no such axis. Axes are those of one example; negative numbers count from the end.",
            ),
            code(
                "shared-weights-differ",
                "A layer bound by `let` and used twice has one set of weights, which fits only one size of input.",
            ),
            code(
                "unsolved-dimension",
                "Sizes of a block's dimensions come from its inputs. This one appears in none of them, so nothing says what it is.",
            ),
            code(
                "empty-axis",
                "An axis without elements would make a value without numbers.",
            ),
            code(
                "too-large",
                "A value of this shape has more numbers than a machine can address.",
            ),
            code(
                "too-many-axes",
                "Values have at most six axes, without the batch.",
            ),
            code(
                "padding-too-large",
                "With padding as large as the window, a window would see nothing but padding.",
            ),
            code(
                "output-padding-too-large",
                "`output_padding` chooses between the sizes that the same stride could have come from, so it is smaller than the stride.",
            ),
            code(
                "output-padding-with-same",
                "With `padding = same` the output is the input times the stride; nothing is left to choose.",
            ),
        ],
    },
    Theme {
        title: "Names",
        codes: &[
            code(
                "unknown-layer",
                "No layer and no block of this `model!` has this name. Names known from Keras, PyTorch or burn are answered with ours.",
            ),
            code(
                "unknown-value",
                "No input and no `let` before this line has this name.",
            ),
            code(
                "unknown-argument",
                "The layer has no such option. Every option has one name, which the help gives.",
            ),
            code(
                "unknown-dimension",
                "Nothing in reach has this name: dimensions come from `<..>`, from `const` and from a block's parameters. Consts are written in capitals.",
            ),
            code(
                "duplicate-name",
                "Two things of one kind have the same name, so that a use of it could mean either.",
            ),
            code(
                "layer-contains-itself",
                "A layer bound by `let` whose own name stands in it would have no end.",
            ),
            code(
                "two-names",
                "A stage has one name, under which its weights are saved.",
            ),
            code(
                "named-twice",
                "A layer bound by `let` has its name from there.",
            ),
            code(
                "named-value",
                "A name stands before a layer and names its weights. A value has none; to name the value itself use `let`.",
            ),
            code(
                "name-of-layer",
                "A block of the name of a layer would hide the layer.",
            ),
            code(
                "reserved-name",
                "The name becomes the name of a method of the model, and words of Rust can't be that. `recompute` is an option of every block, so that no parameter can be called so.",
            ),
            code("own-layer", "Layers of your own by path are not there yet."),
            code("planned-layer", "This layer is planned, and not there yet."),
            code(
                "block-uses-itself",
                "A block that contained itself would have no end.",
            ),
        ],
    },
    Theme {
        title: "Arguments",
        codes: &[
            code(
                "missing-argument",
                "What the layer can't guess has to be given.",
            ),
            code(
                "too-many-arguments",
                "The layer takes fewer arguments by position; options are given by name.",
            ),
            code(
                "required-by-name",
                "What a layer cannot do without stands first, without its name.",
            ),
            code("duplicate-argument", "The same argument was given twice."),
            code(
                "wrong-argument",
                "The value is of the wrong kind, or outside of what makes sense.",
            ),
            code("bad-number", "The number isn't one that can stand here."),
            code(
                "bad-kernel-size",
                "A kernel has a height and a width: `3x3`.",
            ),
            code(
                "missing-zero",
                "Numbers are written as in Rust, with a digit before the point.",
            ),
            code(
                "not-a-number",
                "A number stands here, not a value of the network: sizes and rates are known while the crate compiles.",
            ),
            code("not-a-dimension", "A size or a count is a whole number."),
            code(
                "colon-in-argument",
                "Arguments are given with `=`. A colon names a stage.",
            ),
            code(
                "layer-as-argument",
                "A layer is a stage of its own; the compiler joins an activation with the layer before it.",
            ),
            code(
                "depthwise-and-groups",
                "`depthwise` means one group for each channel.",
            ),
            code(
                "nothing-to-recompute",
                "`recompute` lets training drop what is made within a block and make it again before backward needs it. Of this one nothing is kept but what flows in and out, which stays: it would cost and save nothing.",
            ),
            code("repeat-count", "A repeat has between 1 and 1,000 copies."),
            code(
                "symbolic-dimension",
                "Sizes that are known only when the program runs are not there yet for a struct.",
            ),
            code(
                "parameter-of-struct",
                "Only blocks take parameters. What a struct needs is a const, so that its type says what it computes.",
            ),
            code(
                "element-type",
                "Inputs are `f32`, which needn't be written; others are not there yet.",
            ),
        ],
    },
    Theme {
        title: "The flow of values",
        codes: &[
            code(
                "not-a-stage",
                "After `->` stands a layer, a block, a repeat or a value that takes what flows in.",
            ),
            code(
                "not-a-value",
                "A chain begins with a value: an input, a `let`, or an expression of them.",
            ),
            code(
                "value-as-stage",
                "A value isn't applied to another. Two values are joined with `+`, `-`, `*` or `Concat`.",
            ),
            code(
                "tuple-as-stage",
                "Several values are several chains, each with its own beginning.",
            ),
            code(
                "operator-in-stage",
                "`->` binds loosest, so an operator after it would be part of the stage.",
            ),
            code(
                "layer-without-input",
                "A layer bound by `let`, or written like a function, has nothing flowing into it yet.",
            ),
            code(
                "shape-of-layer",
                "Only a value has a shape; a layer that isn't applied has none.",
            ),
            code(
                "arguments-twice",
                "A layer bound by `let` has had its arguments where it was bound.",
            ),
            code(
                "wrong-number-of-values",
                "A layer, a block or the declaration wants another number of values than come.",
            ),
            code(
                "division-of-values",
                "Values are added, subtracted and multiplied; `/` divides sizes.",
            ),
            code(
                "value-not-used",
                "The value of this line goes nowhere, so the line computes nothing.",
            ),
            code(
                "unnamed-output",
                "Several outputs are told apart by names, in losses and predictions.",
            ),
            code(
                "softmax-twice",
                "The softmax of a softmax is nearly uniform: a network that ends so learns badly and nobody notices.",
            ),
            code(
                "softmax-of-one",
                "The softmax of a single number is always 1. One probability is `Sigmoid`.",
            ),
        ],
    },
    Theme {
        title: "How it is written",
        codes: &[
            code("unexpected-token", "This can't stand here."),
            code("missing-arrow", "Stages are joined by `->`."),
            code("wrong-arrow", "Data flows along `->`."),
            code("missing-stage", "An arrow leads to a layer."),
            code("missing-comma", "Arguments are divided by commas."),
            code(
                "missing-count",
                "A repeat is written as Rust's array repeat: what, `;`, how many.",
            ),
            code("missing-semicolon", "A `let` ends with a semicolon."),
            code(
                "semicolon-after-result",
                "The last line without a semicolon is the result, as in a function of Rust.",
            ),
            code("no-result", "The body's last line is what comes out."),
            code("no-body", "A struct or block has a body in braces."),
            code(
                "no-input",
                "A network computes something from at least one input.",
            ),
            code(
                "no-output",
                "The shape that comes out is declared, so that whoever reads the first line knows what the network is for.",
            ),
            code("no-model", "The macro was given nothing."),
            code(
                "missing-shape",
                "Every input says its shape: that of one example, without the batch.",
            ),
            code("missing-type", "A const says its type, as in Rust."),
            code("missing-value", "A const has a value."),
            code(
                "unclosed-dimensions",
                "The dimensions of a block stand between `<` and `>`.",
            ),
            code("empty-where", "A `where` is followed by a condition."),
            code("let-mut", "Values don't change: every `let` is a new one."),
            code(
                "unknown-item",
                "A `model!` holds structs, blocks and consts.",
            ),
            code(
                "derive",
                "Every model implements `Clone` and `Debug`. Its memory isn't made for other traits.",
            ),
            code(
                "nested-too-deeply",
                "Expressions nest to a limit, so that no input can exhaust the compiler's stack.",
            ),
            code(
                "formula-too-long",
                "Sizes may depend on consts that only rustc knows; the formulas have a limit, so that none can grow without end.",
            ),
            code(
                "too-many-stages",
                "A network has a limit of stages, so that no build takes much more than a minute and repeats of repeats can't keep the compiler busy for ever.",
            ),
        ],
    },
    Theme {
        title: "Training",
        codes: &[
            code(
                "loss-does-not-fit",
                "A model's type says what its last stage is, and a loss which outputs and targets it takes: cross-entropy of ten classes follows a `Softmax` (or plain outputs, as logits), binary cross-entropy a `Sigmoid`, squared errors plain outputs.",
            ),
            code(
                "not-a-metric",
                "Some figures are both a loss, which has a gradient, and a metric, which is gathered over an epoch. Where both have one name, the prelude's is the loss.",
            ),
        ],
    },
    Theme {
        title: "Surely not meant",
        codes: &[
            code(
                "unused-let",
                "A warning: the value is computed and nobody uses it.",
            ),
            code(
                "channels-first",
                "A warning: PyTorch's pictures are `[channels, height, width]`, those here `[height, width, channels]`.",
            ),
            code("unused-input", "A warning: nothing flows from this input."),
            code(
                "unused-parameter",
                "A warning: a block's parameter that changes nothing.",
            ),
            code(
                "bias-before-norm",
                "A warning: `BatchNorm` subtracts the mean of each channel, and with it the bias before it.",
            ),
            code(
                "dropout-at-end",
                "A warning: dropout on the output only adds noise to the loss.",
            ),
            code(
                "twice",
                "A warning: an activation such as `Relu` applied twice is the same as once.",
            ),
        ],
    },
];

/// Whether a kind has this name.
#[cfg(test)]
pub fn is_known(name: &str) -> bool {
    THEMES
        .iter()
        .flat_map(|theme| theme.codes)
        .any(|code| code.name == name)
}

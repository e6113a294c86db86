//! The models, and what is asked in them: an excerpt with `‸` for the cursor, and what the answer must have.

/// What is asked.
#[derive(Clone, Copy)]
pub enum Ask {
    Hover,
    Definition,
    Completion,
}

impl Ask {
    pub fn name(self) -> &'static str {
        match self {
            Ask::Hover => "Hover",
            Ask::Definition => "Go to definition",
            Ask::Completion => "Completion",
        }
    }
}

/// One question.
pub struct Case {
    pub file: &'static str,
    pub ask: Ask,
    pub at: &'static str,
    pub wanted: &'static [&'static str],
    pub unwanted: &'static [&'static str],
}

const fn case(
    file: &'static str,
    ask: Ask,
    at: &'static str,
    wanted: &'static [&'static str],
) -> Case {
    Case {
        file,
        ask,
        at,
        wanted,
        unwanted: &[],
    }
}

impl Case {
    const fn without(self, unwanted: &'static [&'static str]) -> Case {
        Case { unwanted, ..self }
    }
}

/// Modules of the crate that is opened.
pub const FIXTURES: &[(&str, &str)] = &[
    ("whole", include_str!("../models/whole.rs")),
    ("wrong_shape", include_str!("../models/wrong_shape.rs")),
    ("unfinished", include_str!("../models/unfinished.rs")),
    ("empty_stage", include_str!("../models/empty_stage.rs")),
    ("raw_names", include_str!("../models/raw_names.rs")),
];

pub const CASES: &[Case] = &[
    case(
        "whole",
        Ask::Hover,
        "stem: Con‸v2d(16",
        &[
            "A filter slides",
            "`stem`: `[32, 32, 3]` → `[32, 32, 16]`",
            "448 parameters",
        ],
    ),
    case(
        "whole",
        Ask::Hover,
        "ResN‸et",
        &["|layer|kind|", "trained parameters"],
    ),
    case(
        "whole",
        Ask::Hover,
        "padd‸ing = same) -> Relu\n            ->",
        &["Zeros around the picture"],
    ),
    case(
        "whole",
        Ask::Hover,
        "(x + y‸)",
        &["a value of `Basic`", "[32, 32, 16]"],
    ),
    case(
        "whole",
        Ask::Hover,
        "im‸age\n",
        &["an input of `ResNet`", "[32, 32, 3]"],
    ),
    case(
        "whole",
        Ask::Hover,
        "x: [H‸, W",
        &["A dimension of `Basic`", "H = 32"],
    ),
    case("whole", Ask::Hover, "Dense(CLAS‸SES)", &["CLASSES", "10"]),
    case(
        "whole",
        Ask::Hover,
        "[Bas‸ic(",
        &[
            "block Basic<H, W, C>(x: [H, W, C], rate: f32 = 0.1) -> [H, W, C]",
            "basic1",
        ],
    ),
    case("whole", Ask::Hover, "Basic(ra‸te", &["rate: f32"]),
    case(
        "whole",
        Ask::Definition,
        "stem: Con‸v2d(16",
        &["src/layers/weights.rs: `Conv2d, conv2d {`"],
    )
    .without(&["src/whole.rs"]),
    case(
        "whole",
        Ask::Definition,
        "(x + y‸)",
        &["src/whole.rs: `let y = x"],
    ),
    case(
        "whole",
        Ask::Definition,
        "[Bas‸ic(",
        &["src/whole.rs: `block Basic<"],
    )
    .without(&["-> [Basic"]),
    case(
        "whole",
        Ask::Definition,
        "-> [H‸, W",
        &["src/whole.rs: `block Basic<"],
    ),
    case(
        "whole",
        Ask::Completion,
        "stem: Con‸v2d(16",
        &["`Conv2d`", "`Basic`", "`Dense`"],
    ),
    case(
        "whole",
        Ask::Completion,
        "pad‸ding = same) -> Relu\n            ->",
        &["`padding`"],
    ),
    case(
        "whole",
        Ask::Completion,
        "stem: Conv2d(16, 3x3, padding = sa‸me",
        &["`same`", "`valid`"],
    )
    .without(&["`stride`", "`Box`"]),
    case(
        "whole",
        Ask::Hover,
        "stem: Conv2d(16, 3x3, padding = sa‸me",
        &["As many zeros"],
    ),
    case("whole", Ask::Completion, "(x + y‸)", &["`y`", "`x`"]),
    case(
        "whole",
        Ask::Completion,
        "Dense(CLA‸SSES)",
        &["`CLASSES`", "`units`"],
    ),
    case(
        "wrong_shape",
        Ask::Hover,
        "-> Con‸v2d(32",
        &["A filter slides", "`[28, 28, 1]` → `[26, 26, 32]`"],
    ),
    case(
        "wrong_shape",
        Ask::Hover,
        "Den‸se(10)",
        &["Fully connected"],
    ),
    case("wrong_shape", Ask::Completion, "Den‸se(10)", &["`Dense`"]),
    case(
        "wrong_shape",
        Ask::Completion,
        "Conv2d(32, 3x3, pad‸)",
        &["`padding`"],
    ),
    case(
        "unfinished",
        Ask::Hover,
        "-> Max‸Pool2d(2)",
        &["largest value", "`[26, 26, 32]` → `[13, 13, 32]`"],
    ),
    case("unfinished", Ask::Completion, "-> Con‸\n", &["`Conv2d`"]),
    case(
        "unfinished",
        Ask::Hover,
        "-> Den‸se(10)",
        &["Fully connected"],
    ),
    case(
        "empty_stage",
        Ask::Completion,
        "-> ‸\n",
        &["`Conv2d`", "`Dense`"],
    )
    .without(&["`Box`", "`Fn`"]),
    case(
        "empty_stage",
        Ask::Hover,
        "-> Con‸v2d(32",
        &["`[28, 28, 1]` → `[26, 26, 32]`"],
    ),
    case(
        "raw_names",
        Ask::Hover,
        "r#ty‸pe -> Dense(2)",
        &["a value of `RawNames`", "`[4]`"],
    ),
    case(
        "raw_names",
        Ask::Hover,
        "-> Den‸se(4",
        &["Fully connected", "`dense1`: `[8]` → `[4]`"],
    ),
    case(
        "raw_names",
        Ask::Completion,
        "init = he_n‸ormal",
        &["`he_normal`", "`zeros`"],
    ),
];

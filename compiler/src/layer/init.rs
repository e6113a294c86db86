//! `init = he_normal`: initial weights by name.

use super::arguments::{Arguments, Datum, Meanings, one_of};
use crate::diagnostic::nearest;
use crate::shape::Number;
use crate::shape::typed::Rule;

/// The words of `init` and `bias_init`.
pub const WEIGHT: (&str, Meanings) = ("init", RULES);
pub const BIAS: (&str, Meanings) = ("bias_init", RULES);

/// Each name with its rule.
const RULES: Meanings = &[
    (
        "glorot_uniform",
        "Uniform within `sqrt(6 / (fan_in + fan_out))`.",
    ),
    (
        "glorot_normal",
        "Normal with variance `2 / (fan_in + fan_out)`.",
    ),
    ("he_uniform", "Uniform within `sqrt(6 / fan_in)`."),
    ("he_normal", "Normal with variance `2 / fan_in`."),
    ("lecun_uniform", "Uniform within `sqrt(3 / fan_in)`."),
    ("lecun_normal", "Normal with variance `1 / fan_in`."),
    ("zeros", "All 0."),
    ("ones", "All 1."),
    (
        "uniform",
        "Uniform between two numbers: `uniform(-0.05, 0.05)`.",
    ),
    (
        "normal",
        "Normal with this standard deviation: `normal(0.05)`.",
    ),
    ("constant", "All this number: `constant(0.5)`."),
];

fn names() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|(name, _)| *name)
}

/// Reads an initialiser: a name, or a name with numbers: `normal(0.02)`, `uniform(-0.1, 0.1)`, `constant(0.5)`.
pub fn read(arguments: &mut Arguments<'_>, name: &str, default: Rule) -> Rule {
    let Some(given) = arguments.optional(name) else {
        return default;
    };
    let (word, data) = match &given.datum {
        Datum::Word(word) => (word.as_str(), &[] as &[Datum]),
        Datum::Call(word, data) => (word.as_str(), data.as_slice()),
        Datum::Broken => return default,
        _ => ("", &[] as &[Datum]),
    };
    let numbers: Vec<Number> = data.iter().filter_map(Datum::number).collect();
    let rule = match (word, numbers.as_slice()) {
        ("glorot_uniform", []) => Rule::GlorotUniform,
        ("glorot_normal", []) => Rule::GlorotNormal,
        ("he_uniform", []) => Rule::HeUniform,
        ("he_normal", []) => Rule::HeNormal,
        ("lecun_uniform", []) => Rule::LecunUniform,
        ("lecun_normal", []) => Rule::LecunNormal,
        ("zeros", []) => Rule::Zeros,
        ("ones", []) => Rule::Ones,
        // Keras' RandomUniform and RandomNormal.
        ("uniform", []) => Rule::Uniform(Number::new(-0.05), Number::new(0.05)),
        ("uniform", [low, high]) => Rule::Uniform(low.clone(), high.clone()),
        ("normal", []) => Rule::Normal(Number::new(0.05)),
        ("normal", [deviation]) => Rule::Normal(deviation.clone()),
        ("constant", [value]) => Rule::Constant(value.clone()),
        (known, _) if names().any(|name| name == known) => {
            let wants = match known {
                "uniform" => "`uniform(-0.05, 0.05)`",
                "normal" => "`normal(0.05)`",
                "constant" => "`constant(0.5)`",
                _ => "this name without numbers",
            };
            arguments.refuse(name, &given, wants, None);
            return default;
        }
        _ => {
            // Keras and PyTorch spell them so.
            let meant = match word {
                "xavier_uniform" | "GlorotUniform" | "xavier" | "glorot" => Some("glorot_uniform"),
                "xavier_normal" | "GlorotNormal" => Some("glorot_normal"),
                "kaiming_normal" | "HeNormal" | "kaiming" | "he" => Some("he_normal"),
                "kaiming_uniform" | "HeUniform" => Some("he_uniform"),
                word => nearest(word, names()),
            };
            let wants = one_of(&names().collect::<Vec<_>>());
            let help = meant.map(|meant| format!("write `{name} = {meant}`"));
            arguments.refuse(name, &given, &wants, help);
            return default;
        }
    };
    if numbers.len() != data.len() {
        arguments.refuse(name, &given, "numbers in parentheses", None);
    }
    rule
}

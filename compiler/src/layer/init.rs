//! `init = he_normal`: initial weights by name, from the list that the runtime reads too.

use shapeflow_terms::Init;

use super::arguments::{Arguments, Datum, Given, Meanings, one_of};
use crate::check::{Condition, Range};
use crate::diagnostic::nearest;
use crate::shape::Number;

/// The words of `init` and `bias_init`.
pub const WEIGHT: (&str, Meanings) = ("init", Init::<Number>::WORDS);
pub const BIAS: (&str, Meanings) = ("bias_init", Init::<Number>::WORDS);

fn names() -> impl Iterator<Item = &'static str> {
    Init::<Number>::WORDS.iter().map(|(word, _)| *word)
}

/// The numbers that are meant where a word stands alone: Keras'. `constant` has none.
fn usual(word: &str) -> &'static [f64] {
    match word {
        "uniform" => &[-0.05, 0.05],
        "normal" | "truncated_normal" => &[0.05],
        "orthogonal" => &[1.0],
        _ => &[],
    }
}

/// How the weights of a layer begin.
pub fn weight(arguments: &mut Arguments<'_>) -> Init<Number> {
    read(arguments, "init", Init::GlorotUniform)
}

/// How its bias begins.
pub fn bias(arguments: &mut Arguments<'_>) -> Init<Number> {
    read(arguments, "bias_init", Init::Zeros)
}

/// Reads an initialiser: a name, or a name with numbers: `normal(0.02)`, `uniform(-0.1, 0.1)`, `constant(0.5)`.
fn read(arguments: &mut Arguments<'_>, name: &str, default: Init<Number>) -> Init<Number> {
    let Some(given) = arguments.optional(name) else {
        return default;
    };
    let (word, data) = match &given.datum {
        Datum::Word(word) => (word.as_str(), &[] as &[Datum]),
        Datum::Call(word, data) => (word.as_str(), data.as_slice()),
        Datum::Broken => return default,
        _ => ("", &[] as &[Datum]),
    };
    if !names().any(|known| known == word) {
        unknown(arguments, name, &given, word);
        return default;
    }
    if data.iter().any(|datum| matches!(datum, Datum::Broken)) {
        return default;
    }
    let numbers: Vec<Number> = match data.is_empty() {
        true => usual(word).iter().copied().map(Number::new).collect(),
        false => data.iter().filter_map(Datum::number).collect(),
    };
    let Some(init) = Init::new(word, &numbers) else {
        let wants = match word {
            "constant" => "`constant(0.5)`".to_owned(),
            _ if usual(word).is_empty() => "this name without numbers".to_owned(),
            _ => {
                let numbers: Vec<String> = usual(word).iter().map(|n| format!("{n:?}")).collect();
                format!("`{word}({})`", numbers.join(", "))
            }
        };
        arguments.refuse(name, &given, &wants, None);
        return default;
    };
    if !data.is_empty() && numbers.len() != data.len() {
        arguments.refuse(name, &given, "numbers in parentheses", None);
    }
    check(arguments, name, &given, &init);
    init
}

/// What is meant by a word that is none of ours.
fn unknown(arguments: &mut Arguments<'_>, name: &str, given: &Given, word: &str) {
    // Keras and PyTorch spell them so.
    let meant = match word {
        "xavier_uniform" | "GlorotUniform" | "xavier" | "glorot" => Some("glorot_uniform"),
        "xavier_normal" | "GlorotNormal" => Some("glorot_normal"),
        "kaiming_normal" | "HeNormal" | "kaiming" | "he" => Some("he_normal"),
        "kaiming_uniform" | "HeUniform" => Some("he_uniform"),
        "trunc_normal" | "TruncatedNormal" => Some("truncated_normal"),
        word => nearest(word, names()),
    };
    let wants = one_of(&names().collect::<Vec<_>>());
    let help = meant.map(|meant| format!("write `{name} = {meant}`"));
    arguments.refuse(name, given, &wants, help);
}

/// The numbers must be those of a distribution.
fn check(arguments: &mut Arguments<'_>, name: &str, given: &Given, init: &Init<Number>) {
    let word = init.word();
    let too_large = |number: &Number| number.known().is_some_and(|n| !(n as f32).is_finite());
    if init.numbers().any(too_large) {
        let help = "write smaller numbers".to_owned();
        arguments.refuse(name, given, "numbers below 3e38", Some(help));
        return;
    }
    for number in init.numbers().filter(|number| number.known().is_none()) {
        let condition = Condition::Within(number.clone(), Range::FINITE);
        let help = "write a number that an `f32` holds".to_owned();
        arguments.demand(condition, name, given, "numbers below 3e38", help);
    }
    match init {
        Init::Uniform(low, high) => {
            let help = match (low.known(), high.known()) {
                (Some(a), Some(b)) if a == b => format!("write `{name} = constant({a:?})`"),
                (Some(a), Some(b)) => format!("write `{name} = {word}({b:?}, {a:?})`"),
                _ => "write the smaller number first".to_owned(),
            };
            let condition = Condition::Below(low.clone(), high.clone());
            let wants = "the lower bound first";
            arguments.demand(condition, name, given, wants, help);
        }
        Init::Normal(size) | Init::TruncatedNormal(size) | Init::Orthogonal(size) => {
            let help = match size.known() {
                Some(0.0) => format!("write `{name} = zeros`"),
                Some(n) => format!("write `{name} = {word}({:?})`", n.abs()),
                None => "write a number above 0".to_owned(),
            };
            let wants = match init {
                Init::Orthogonal(_) => "a length above 0",
                _ => "a standard deviation above 0",
            };
            let condition = Condition::Within(size.clone(), Range::POSITIVE);
            arguments.demand(condition, name, given, wants, help);
        }
        _ => {}
    }
}

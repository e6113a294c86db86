//! Never a panic, never an endless build: random tokens, and models with words exchanged.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use proptest::prelude::*;

use crate::diagnostic::Diagnostics;
use crate::parse::parse;

const WORDS: &[&str] = &[
    "struct",
    "block",
    "const",
    "pub",
    "let",
    "where",
    "x",
    "y",
    "N",
    "B",
    "C",
    "H",
    "T",
    "usize",
    "f32",
    "u32",
    "Conv2d",
    "Dense",
    "Relu",
    "BatchNorm",
    "MaxPool2d",
    "Dropout",
    "Flatten",
    "Reshape",
    "Concat",
    "Permute",
    "Pad",
    "Upsample2d",
    "ConvTranspose2d",
    "GroupNorm",
    "Softmax",
    "Sigmoid",
    "GlobalAvgPool",
    "AvgPool2d",
    "Linear",
    "padding",
    "same",
    "stride",
    "groups",
    "depthwise",
    "axis",
    "init",
    "normal",
    "my::Layer",
    "true",
    "->",
    "->",
    "->",
    "=",
    ":",
    ";",
    ";",
    ",",
    ",",
    "+",
    "-",
    "*",
    "/",
    "<",
    ">",
    "<=",
    ".",
    "#",
    "!",
    "=>",
    "::",
    "3x3",
    "1x1",
    "3x",
    "x3",
    "0",
    "1",
    "2",
    "3",
    "10",
    "64",
    "0.5",
    "-1",
    "99999999999999999999",
    "1e30",
    "18446744073709551615",
    "'a'",
    "\"s\"",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "( x )",
    "[ 4 ]",
    "[ 8 , 8 , 3 ]",
    "[ B ; 3 ]",
    "[ Relu ; 2 ]",
    "{ x -> Dense ( 2 ) }",
    "( x : [ 4 ] ) -> [ 2 ]",
];

const MODEL: &str = "const K : usize = 3 ; block B < H , W , C > ( x : [ H , W , C ] , n : usize = 2 ) -> [ H / 2 , W / 2 , 2 * C ] {
    let y : [ H , W , C ] = x -> Conv2d ( C , 3x3 , padding = same , bias = false ) -> BatchNorm -> Relu ;
    let f = Conv2d ( C , 1x1 ) ; ( x + 0.5 * y ) -> f -> f -> Conv2d ( n * C , 3x3 , stride = 2 , padding = 1 ) }
    pub struct N ( a : [ 16 , 16 , K ] , b : [ OUT ] ) -> ( p : [ 10 ] , q : [ 1 ] ) {
    let h = a -> stem : Conv2d ( 8 , 3x3 , padding = [ [ 1 , 1 ] , [ 1 , 1 ] ] ) -> [ B ; 2 ] -> [ Relu -> Tanh ; 2 ] -> B ( n = 2 ) ;
    let g = ( h -> GlobalAvgPool , h -> Flatten , b ) -> Concat ( axis = -1 ) -> Reshape ( [ -1 ] ) ;
    ( g -> Dense ( 10 , init = he_normal ) -> Softmax , g -> Dense ( 1 ) -> Sigmoid ) }";

/// Tokens that balance: what the compiler hands to a macro always does.
fn balanced(words: &[&str]) -> String {
    let mut open: Vec<&str> = Vec::new();
    let mut text = String::new();
    for word in words {
        match *word {
            "(" => open.push(")"),
            "[" => open.push("]"),
            "{" => open.push("}"),
            ")" | "]" | "}" if open.last() == Some(word) => {
                open.pop();
            }
            ")" | "]" | "}" => continue,
            _ => {}
        }
        text.push_str(word);
        text.push(' ');
    }
    while let Some(close) = open.pop() {
        text.push_str(close);
    }
    text
}

/// How many inputs there were, and the time of the longest one in microseconds.
static INPUTS: AtomicU64 = AtomicU64::new(0);
static LONGEST: AtomicU64 = AtomicU64::new(0);

/// Compiles; errors are welcome, panics and long builds are not.
fn survives(source: &str) {
    let number = INPUTS.fetch_add(1, Ordering::Relaxed) + 1;
    if number.is_multiple_of(100_000) {
        eprintln!("{number} inputs");
    }
    let Ok(tokens) = source.parse() else {
        return;
    };
    let start = Instant::now();
    let mut diagnostics = Diagnostics::new();
    let module = parse(tokens, &mut diagnostics);
    let models = super::resolve(&module, &mut diagnostics);
    let _ = diagnostics.to_tokens();
    let broken = models.iter().any(|model| model.broken);
    assert!(
        !broken || diagnostics.has_errors(),
        "broken without an error: {source}"
    );
    for model in &models {
        let _ = model.to_string();
        for assertion in &model.assertions {
            let _ = assertion.message.to_string();
        }
    }
    let time = start.elapsed();
    let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    if LONGEST.fetch_max(micros, Ordering::Relaxed) < micros && long_run().is_some() {
        eprintln!("the longest of {number} inputs: {time:?}");
    }
    assert!(time < Duration::from_secs(1), "{time:?}: {source:.300}");
}

/// The inputs of a long run, all tests together:
/// `SHAPEFLOW_FUZZ=1000000 cargo test --release -p shapeflow-macros fuzz -- --nocapture`.
fn long_run() -> Option<u32> {
    std::env::var("SHAPEFLOW_FUZZ").ok()?.parse().ok()
}

/// `percent` of the inputs of a long run: most of them are short ones.
fn cases(percent: u32) -> ProptestConfig {
    let wanted = long_run().map(|inputs| inputs.div_ceil(100) * percent);
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(wanted.unwrap_or(200))
    }
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn random_tokens(words in proptest::collection::vec(proptest::sample::select(WORDS), 0..60)) {
        survives(&balanced(&words));
    }

}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn random_bodies(words in proptest::collection::vec(proptest::sample::select(WORDS), 0..40)) {
        survives(&format!("struct N(x: [8, 8, 3]) -> [2] {{ x -> {} }}", balanced(&words)));
    }

}

proptest! {
    #![proptest_config(cases(20))]

    #[test]
    fn models_with_words_exchanged(
        edits in proptest::collection::vec((0usize..400, proptest::sample::select(WORDS), 0u8..4), 0..5)
    ) {
        let mut words: Vec<&str> = MODEL.split_whitespace().collect();
        for (place, word, kind) in edits {
            let place = place % words.len();
            match kind {
                0 => words[place] = word,
                1 => words.insert(place, word),
                2 => { words.remove(place); }
                _ => { let end = (place + 3).min(words.len()); words[place..end].rotate_left(1); }
            }
        }
        survives(&balanced(&words));
    }
}

#[test]
fn the_model_that_is_mutated_is_right() {
    let mut diagnostics = Diagnostics::new();
    let module = parse(MODEL.parse().unwrap(), &mut diagnostics);
    super::resolve(&module, &mut diagnostics);
    let errors: Vec<String> = diagnostics.list().iter().map(|d| d.text()).collect();
    assert_eq!(errors, Vec::<String>::new());
}

#[test]
fn a_chain_of_200_layers_takes_no_time() {
    let chain = "-> Conv2d(8, 3x3, padding = same) -> Relu ".repeat(100);
    survives(&format!(
        "struct N(x: [SIZE, SIZE, 3]) -> [SIZE, SIZE, 8] {{ x {chain} }}"
    ));
    let chain = "-> Conv2d(8, 3x3, stride = 2, padding = same) -> Pad(1) ".repeat(100);
    survives(&format!(
        "struct N(x: [SIZE, SIZE, 3]) -> [2] {{ x {chain} -> Flatten -> Dense(2) }}"
    ));
}

#[test]
fn a_layer_that_is_bound_to_itself_ends() {
    survives("struct N(x: [4]) -> [4] { let f = Relu -> f; x -> f }");
    survives("struct N(x: [4]) -> [4] { let f = f; x -> f }");
    survives("struct N(x: [4]) -> [4] { let f = [f; 2]; x -> f }");
    survives("struct N(x: [4]) -> [4] { let f = Relu -> g; let g = Tanh -> f; x -> f }");
    survives(
        "block B<C>(x: [C]) -> [C] { let f = Relu -> f; x -> f } struct N(x: [4]) -> [4] { x -> B }",
    );
}

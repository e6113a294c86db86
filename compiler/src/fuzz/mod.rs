//! Never a panic, never an endless build, never the end of the stack: random tokens, and right models with words exchanged,
//! through the whole macro.
//!
//! A few hundred inputs in every test run; a million (all tests together) with
//! `SHAPEFLOW_FUZZ=1000000 cargo test --release -p shapeflow-compiler fuzz -- --nocapture`. A long run writes each input to a
//! file before it is compiled, since an overflow of the stack prints nothing.

mod depth;
mod models;
mod mutation;
mod words;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::sample::select;

use crate::layer;
use mutation::{Edit, STAGES, balanced, edit, insert, splice};

/// How many inputs there were, how many of them gave a model without an error, and the time of the longest in microseconds.
static INPUTS: AtomicU64 = AtomicU64::new(0);
static RIGHT: AtomicU64 = AtomicU64::new(0);
static LONGEST: AtomicU64 = AtomicU64::new(0);

/// Compiles, and gives the errors; they are welcome, panics and long builds are not.
fn survives(source: &str) -> Vec<String> {
    let Ok(tokens) = source.parse() else {
        return Vec::new();
    };
    let kept = keep(source);
    let start = Instant::now();
    let crate::Compiled {
        graphs,
        diagnostics,
        rust,
    } = crate::compile(tokens);
    let broken = graphs.iter().any(|graph| graph.broken);
    assert!(
        diagnostics.has_errors() || !broken,
        "broken without an error: {source:.300}"
    );
    drop((graphs, rust));
    let time = start.elapsed();
    let number = INPUTS.fetch_add(1, Ordering::Relaxed) + 1;
    RIGHT.fetch_add(u64::from(!diagnostics.has_errors()), Ordering::Relaxed);
    let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    let longer = LONGEST.fetch_max(micros, Ordering::Relaxed) < micros;
    if let Some(file) = kept {
        if longer {
            eprintln!("the longest of {number} inputs: {time:?}");
        }
        if number.is_multiple_of(100_000) {
            let right = RIGHT.load(Ordering::Relaxed);
            eprintln!("{number} inputs, {right} of them right");
        }
        std::fs::remove_file(file).expect("the file was written before");
    }
    // An unoptimised macro on a busy machine has more.
    let most = Duration::from_secs(if cfg!(debug_assertions) { 10 } else { 1 });
    assert!(time < most, "{time:?}: {source:.300}");
    let errors = diagnostics.list().iter().filter(|d| !d.is_warning());
    let errors = errors.map(|d| d.text()).collect();
    drop(diagnostics);
    // Outside of rustc every text that was ever read is kept, for its spans.
    proc_macro2::extra::invalidate_current_thread_spans();
    errors
}

/// In a long run: writes the input where it can be found after an abort.
fn keep(source: &str) -> Option<PathBuf> {
    long_run()?;
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("fuzz").replace("::", "_");
    let file = std::env::temp_dir().join(format!("shapeflow_{test}.txt"));
    std::fs::write(&file, source).expect("a temporary file");
    Some(file)
}

/// The inputs of a long run, all tests together.
fn long_run() -> Option<u32> {
    std::env::var("SHAPEFLOW_FUZZ").ok()?.parse().ok()
}

/// `percent` of the inputs of a long run.
fn cases(percent: u32) -> ProptestConfig {
    let wanted = long_run().map(|inputs| inputs.div_ceil(100) * percent);
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(wanted.unwrap_or(150))
    }
}

/// Stages that keep a shape, or nearly.
fn stages() -> Vec<&'static str> {
    let layers = layer::all().filter(|entry| entry.keeps_shape);
    let layers = layers.map(|entry| entry.signature.example);
    layers.chain(STAGES.iter().copied()).collect()
}

fn edits() -> impl Strategy<Value = Vec<Edit<'static>>> {
    proptest::collection::vec((0usize..2000, select(words::words()), 0u8..5), 1..6)
}

proptest! {
    #![proptest_config(cases(25))]

    #[test]
    fn random_tokens(words in proptest::collection::vec(select(words::words()), 0..60)) {
        survives(&balanced(words));
    }

    #[test]
    fn random_bodies(words in proptest::collection::vec(select(words::words()), 0..40)) {
        let body = balanced(words);
        survives(&format!("struct N(x: [8, 8, 3]) -> [2] {{ x -> {body} }}"));
    }

    #[test]
    fn models_with_words_exchanged(model in select(models::models()), edits in edits()) {
        let mut words = model;
        edit(&mut words, &edits);
        survives(&balanced(words.iter().map(String::as_str)));
    }
}

proptest! {
    #![proptest_config(cases(23))]

    #[test]
    fn the_beginning_of_a_model_with_the_end_of_another(
        first in select(models::models()), second in select(models::models()),
        at in 0usize..2000, from in 0usize..2000, edits in edits(),
    ) {
        let mut words = splice(first, &second, at, from);
        edit(&mut words, &edits);
        survives(&balanced(words.iter().map(String::as_str)));
    }
}

proptest! {
    // A whole network each: they take much longer than the others.
    #![proptest_config(cases(2))]

    /// Most of these are right, and run through the back of the compiler.
    #[test]
    fn models_with_stages_inserted(
        model in select(models::models()),
        stages in proptest::collection::vec((0usize..2000, select(stages())), 1..6),
    ) {
        let mut words = model;
        insert(&mut words, &stages);
        survives(&balanced(words.iter().map(String::as_str)));
    }
}

#[test]
fn the_models_that_are_mutated_are_right_and_hold_every_layer_and_argument() {
    let models = models::models();
    for words in &models {
        let errors = survives(&balanced(words.iter().map(String::as_str)));
        assert_eq!(errors, Vec::<String>::new(), "{}", words.join(" "));
    }
    let words: BTreeSet<&str> = models.iter().flatten().map(String::as_str).collect();
    let known = layer::all().flat_map(|entry| {
        let options = entry
            .signature
            .options
            .iter()
            .chain(entry.signature.flags)
            .copied();
        options.chain([entry.signature.name])
    });
    let missing: Vec<&str> = known.filter(|word| !words.contains(word)).collect();
    assert_eq!(missing, Vec::<&str>::new());
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

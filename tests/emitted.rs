//! What the compiler emits is Rust that compiles: models with stages put in at random either give an error of the compiler's own
//! or none at all.
//!
//! A few dozen models in every test run; `SHAPEFLOW_FUZZ=2000 cargo test --test emitted` tries more.

use std::fmt::Write;
use std::fs;

use shapeflow_tests::rustc;

/// The right models that are changed: those of the table of cases, and whole networks.
const SOURCES: [&str; 3] = [
    include_str!("layers/table.rs"),
    include_str!("networks.rs"),
    include_str!("gradients.rs"),
];

/// What is put in; most keep a shape, so that about half of the models remain right.
const STAGES: [&str; 16] = [
    "Relu",
    "Gelu",
    "LeakyRelu",
    "Mish",
    "Softmax",
    "LogSoftmax",
    "BatchNorm",
    "LayerNorm",
    "GroupNorm(1)",
    "Dropout(0.3)",
    "[Tanh -> Sigmoid; 2]",
    "Conv2d(2, 3x3, padding = same)",
    "AvgPool2d(3, stride = 1, padding = same)",
    "Upsample2d(1)",
    "Pad(0)",
    "Reshape([-1])",
];

/// Models of one run of rustc.
const TOGETHER: usize = 60;

/// Numbers that look random.
struct Random(u64);

impl Random {
    /// A number below `end`.
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 20) as usize % end
    }
}

/// What stands between the braces of each `model!`.
fn models(source: &str) -> Vec<&str> {
    let bodies = source.split("model! {").skip(1).filter_map(|rest| {
        let mut depth = 1;
        let end = rest.find(|c| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            depth == 0
        });
        Some(&rest[..end?])
    });
    // Not the row in the text that explains the table.
    bodies.filter(|body| !body.contains("[..]")).collect()
}

/// The model with one to three stages more.
fn changed(model: &str, random: &mut Random) -> String {
    let mut text = model.to_owned();
    for _ in 0..1 + random.below(3) {
        let body = text.rfind("struct").expect("a struct");
        let body = body + text[body..].find('{').expect("its body");
        let arrows: Vec<usize> = text.match_indices("->").map(|(at, _)| at).collect();
        let arrows: Vec<usize> = arrows.into_iter().filter(|at| *at > body).collect();
        if arrows.is_empty() {
            return text;
        }
        let stage = STAGES[random.below(STAGES.len())];
        text.insert_str(arrows[random.below(arrows.len())], &format!("-> {stage} "));
    }
    text
}

/// The messages of rustc, each as a whole.
fn messages(output: &str) -> Vec<String> {
    let mut messages: Vec<String> = Vec::new();
    for line in output.lines() {
        match messages.last_mut() {
            Some(message) if !line.starts_with("error") => {
                message.push('\n');
                message.push_str(line);
            }
            _ => messages.push(line.to_owned()),
        }
    }
    messages.retain(|message| message.starts_with("error"));
    messages
}

/// Compiles models together; gives how many are right.
fn right(models: &[String]) -> usize {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut source = String::from("#![allow(warnings)]\nfn main() {}\n");
    let mut lines = Vec::new();
    for (number, model) in models.iter().enumerate() {
        let begin = source.lines().count() + 1;
        writeln!(
            source,
            "mod m{number} {{ shapeflow::model! {{ {model} }} }}"
        )
        .expect("a string takes all");
        lines.push(begin..source.lines().count() + 1);
    }
    let file = folder.path().join("changed.rs");
    fs::write(&file, &source).expect("a temporary file");
    let output = rustc::check(&file, folder.path());
    let text = String::from_utf8_lossy(&output.stderr);
    let mut wrong = vec![false; models.len()];
    for message in messages(&text) {
        if message.starts_with("error: aborting") {
            continue;
        }
        let place = message
            .lines()
            .find_map(|line| line.trim().strip_prefix("--> "));
        let line = place.and_then(|place| place.rsplit(':').nth(1)?.parse().ok());
        let number = line.and_then(|line: usize| lines.iter().position(|l| l.contains(&line)));
        let number = number.unwrap_or_else(|| panic!("an error without a place: {message}"));
        assert!(
            message.contains("code: "),
            "the code of a model doesn't compile:\n{}\n{message}",
            models[number]
        );
        wrong[number] = true;
    }
    let right = wrong.iter().filter(|wrong| !**wrong).count();
    assert!(output.status.success() == (right == models.len()), "{text}");
    right
}

#[test]
fn what_is_emitted_compiles() {
    let wanted = std::env::var("SHAPEFLOW_FUZZ").ok();
    let wanted = wanted.map_or(TOGETHER, |count| count.parse().expect("a number"));
    let known: Vec<&str> = SOURCES.iter().flat_map(|source| models(source)).collect();
    assert!(known.len() > 70, "{} models were found", known.len());
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let (mut all, mut good) = (0, 0);
    while all < wanted {
        let models: Vec<String> = (0..TOGETHER)
            .map(|_| changed(known[random.below(known.len())], &mut random))
            .collect();
        good += right(&models);
        all += models.len();
    }
    println!("{good} of {all} models are right");
    assert!(good * 4 > all, "only {good} of {all} models are right");
}

//! Every page of `shapeflow::layers` has a row, with each of its arguments and each value that the page names. (That the pages
//! are those of the layers that the compiler knows, with their arguments, is a test of the compiler.)

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use crate::table::ROWS;

/// A layer's page.
#[derive(Debug)]
struct Page {
    layer: String,
    arguments: Vec<Argument>,
}

/// An argument as its page has it.
#[derive(Debug, Default)]
struct Argument {
    name: String,
    /// What it may be: a name of `layers::arguments`.
    kind: String,
    text: String,
}

/// How a value may be written.
enum Form {
    Any,
    Word(String),
    /// A word with numbers: `uniform(-0.05, 0.05)`.
    Call(String),
    Number,
    /// `3x3`
    Pair,
    /// `[[1, 0], [2, 1]]`
    List,
}

impl Form {
    fn is_of(&self, value: &str) -> bool {
        match self {
            Form::Any => true,
            Form::Word(word) => value == word,
            Form::Call(word) => value.starts_with(&format!("{word}(")),
            Form::Number => value.parse::<usize>().is_ok(),
            Form::Pair => value.contains('x'),
            Form::List => value.starts_with("[["),
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Form::Any => f.write_str("a value"),
            Form::Word(word) => write!(f, "`{word}`"),
            Form::Call(word) => write!(f, "`{word}(..)`"),
            Form::Number => f.write_str("a number"),
            Form::Pair => f.write_str("a pair"),
            Form::List => f.write_str("a list of sides"),
        }
    }
}

impl Argument {
    /// The forms that must stand in a row.
    fn forms(&self) -> Vec<Form> {
        let mut forms = match self.kind.as_str() {
            "Flag" => ["true", "false"]
                .map(|word| Form::Word(word.to_owned()))
                .into(),
            "Word" | "Padding" => words(&self.text),
            _ => Vec::new(),
        };
        forms.extend(match self.kind.as_str() {
            "Padding" => vec![Form::Number, Form::List],
            "Pair" => vec![Form::Number, Form::Pair],
            _ => vec![Form::Any],
        });
        forms
    }
}

/// The words in backticks, without what isn't one of the language.
fn words(text: &str) -> Vec<Form> {
    let plain = |word: &str| word.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let quoted = text.split('`').skip(1).step_by(2);
    let forms = quoted.filter_map(|quoted| match quoted.split_once('(') {
        Some((word, _)) => plain(word).then(|| Form::Call(word.to_owned())),
        None => plain(quoted).then(|| Form::Word(quoted.to_owned())),
    });
    forms.collect()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../src/layers")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All pages, as they stand in the source: `Name, module { /// text, argument: Kind, .. }`.
fn pages() -> Vec<Page> {
    let mut pages: Vec<Page> = Vec::new();
    let files = std::fs::read_dir(folder()).expect("the pages are there");
    for file in files {
        let source = read(&file.expect("a file").path());
        let Some((_, source)) = source.split_once("\nlayers! {") else {
            continue;
        };
        let mut text = String::new();
        for line in source.lines().map(str::trim) {
            if let Some(more) = line.strip_prefix("///") {
                text.push_str(more);
            } else if let Some((layer, _)) = line.split_once(", ").filter(|_| line.contains('{')) {
                pages.push(Page {
                    layer: layer.to_owned(),
                    arguments: Vec::new(),
                });
                text.clear();
            } else if let Some((name, kind)) = line.split_once(": ") {
                let page = pages.last_mut().expect("an argument of a layer");
                page.arguments.push(Argument {
                    name: name.to_owned(),
                    kind: kind.trim_end_matches(',').to_owned(),
                    text: std::mem::take(&mut text),
                });
            }
        }
    }
    pages
}

/// The words with which initial values are chosen.
fn initial_values() -> Vec<Form> {
    let source = read(&folder().join("arguments.rs"));
    let (before, _) = source.split_once("pub type Init").expect("its type");
    let (_, text) = before.rsplit_once("\n\n").expect("an item before it");
    words(&text.replace("///", ""))
}

/// The tokens of a model: words with their numbers (`3x3`), and every other sign alone.
fn tokens(model: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = model.trim_start();
    while let Some(first) = rest.chars().next() {
        let in_word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        let len = match in_word(first) {
            true => rest.find(|c| !in_word(c)).unwrap_or(rest.len()),
            false => first.len_utf8(),
        };
        let (token, after) = rest.split_at(len);
        tokens.push(token);
        rest = after.trim_start();
    }
    tokens
}

/// The arguments of a call that begins after its `(`, each without spaces.
fn arguments(tokens: &[&str]) -> Vec<String> {
    let (mut depth, mut arguments) = (0, vec![String::new()]);
    for &token in tokens {
        match token {
            ")" if depth == 0 => break,
            "," if depth == 0 => {
                arguments.push(String::new());
                continue;
            }
            "(" | "[" => depth += 1,
            ")" | "]" => depth -= 1,
            _ => {}
        }
        arguments.last_mut().expect("one at least").push_str(token);
    }
    arguments.retain(|argument| !argument.is_empty());
    arguments
}

/// What the rows give each argument of each layer; a layer without arguments is there too.
fn given(pages: &[Page]) -> BTreeMap<&str, BTreeMap<String, BTreeSet<String>>> {
    let mut given: BTreeMap<&str, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for row in ROWS {
        let tokens = tokens(row.text);
        for (at, token) in tokens.iter().enumerate() {
            let Some(page) = pages.iter().find(|page| page.layer == *token) else {
                continue;
            };
            let layer = given.entry(&page.layer).or_default();
            let call = tokens.get(at + 1) == Some(&"(");
            let arguments = match call {
                true => arguments(&tokens[at + 2..]),
                false => Vec::new(),
            };
            for (place, argument) in arguments.into_iter().enumerate() {
                let is_flag = page.arguments.iter().any(|a| a.name == argument);
                let (name, value) = match argument.split_once('=') {
                    Some((name, value)) => (name.to_owned(), value.to_owned()),
                    None if is_flag => (argument, "true".to_owned()),
                    None => (page.arguments[place].name.clone(), argument),
                };
                layer.entry(name).or_default().insert(value);
            }
        }
    }
    given
}

/// What of an argument no row has.
fn missing(argument: &Argument, values: &BTreeSet<String>) -> Vec<String> {
    let forms = argument.forms().into_iter();
    forms
        .filter(|form| !values.iter().any(|value| form.is_of(value)))
        .map(|form| format!("`{}` with {form}", argument.name))
        .collect()
}

#[test]
fn every_layer_with_every_argument_and_value_of_its_page_has_a_row() {
    let pages = pages();
    let given = given(&pages);
    let mut without = Vec::new();
    for page in &pages {
        let Some(layer) = given.get(page.layer.as_str()) else {
            without.push(page.layer.clone());
            continue;
        };
        for argument in &page.arguments {
            let none = BTreeSet::new();
            let values = layer.get(&argument.name).unwrap_or(&none);
            let lines = missing(argument, values).into_iter();
            without.extend(lines.map(|line| format!("{}: {line}", page.layer)));
        }
    }
    // Initial values mean the same in every layer: once is enough.
    let initial: Vec<&String> = given
        .values()
        .flatten()
        .filter(|(name, _)| name.ends_with("init"))
        .flat_map(|(_, values)| values)
        .collect();
    for form in initial_values() {
        if !initial.iter().any(|value| form.is_of(value)) {
            without.push(format!("init = {form}"));
        }
    }
    assert!(without.is_empty(), "no row has:\n{}", without.join("\n"));
    assert!(
        pages.len() > 25 && initial_values().len() > 10,
        "the pages were read"
    );
}

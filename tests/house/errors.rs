//! Every error type writes its message as `Debug`, for that is what a program shows whose `main` returns the error.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use shapeflow_tests::rustc::root;

/// The error types of a file, and those whose `Debug` is their message.
#[derive(Default)]
struct Errors {
    /// Name, and whether `Debug` is derived.
    types: Vec<(String, bool)>,
    told: BTreeSet<String>,
}

impl Errors {
    fn of(text: &str) -> Self {
        let mut errors = Self::default();
        errors.read(text.parse().expect("Rust"));
        errors
    }

    fn read(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (i, token) in tokens.iter().enumerate() {
            let next = |n: usize| tokens.get(i + n).map(ToString::to_string);
            match token {
                TokenTree::Ident(name)
                    if name == "debug_as_display" && next(1).as_deref() == Some("!") =>
                {
                    if let Some(TokenTree::Group(group)) = tokens.get(i + 2) {
                        let names = group.stream().into_iter().map(|token| token.to_string());
                        self.told.extend(names.filter(|name| name != ","));
                    }
                }
                // `impl Error for Name`, written by hand.
                TokenTree::Ident(name) if name == "Error" && next(1).as_deref() == Some("for") => {
                    self.types.extend(next(2).map(|name| (name, false)));
                }
                TokenTree::Punct(hash) if hash.as_char() == '#' => {
                    if let Some(debug) = derived(tokens.get(i + 1)) {
                        self.types.push((item(&tokens[i + 2..]), debug));
                    }
                }
                TokenTree::Group(group) => self.read(group.stream()),
                _ => {}
            }
        }
    }

    /// The types whose `Debug` shows something else than their message.
    fn walls(&self) -> Vec<&str> {
        let walls = self
            .types
            .iter()
            .filter(|(name, debug)| *debug || !self.told.contains(name));
        walls.map(|(name, _)| name.as_str()).collect()
    }
}

/// Whether an attribute derives `Debug`; `None` for one that doesn't derive an error.
fn derived(attribute: Option<&TokenTree>) -> Option<bool> {
    let TokenTree::Group(group) = attribute? else {
        return None;
    };
    let text = group.stream().to_string().replace(' ', "");
    let names = text.strip_prefix("derive(")?.strip_suffix(')')?;
    let has = |name: &str| {
        names
            .split(',')
            .any(|derived| derived.rsplit("::").next() == Some(name))
    };
    has("Error").then(|| has("Debug"))
}

/// The name of the type that these tokens begin with, after attributes and `pub`.
fn item(tokens: &[TokenTree]) -> String {
    let words: Vec<String> = tokens.iter().map(ToString::to_string).collect();
    let at = words
        .iter()
        .position(|word| word == "enum" || word == "struct");
    words[at.expect("a derive stands on a type") + 1].clone()
}

/// The Rust files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of the repository");
    let paths = entries.map(|entry| entry.expect("a readable entry").path());
    paths
        .flat_map(|path| match path.is_dir() {
            true => files(&path),
            false if path.extension().is_some_and(|ending| ending == "rs") => vec![path],
            false => Vec::new(),
        })
        .collect()
}

#[test]
fn debug_of_every_error_is_its_message() {
    let mut types = 0;
    for name in [
        "src",
        "terms/src",
        "diagram/src",
        "compiler/src",
        "macros/src",
        "runtime/src",
    ] {
        for path in files(&root().join(name)) {
            let errors = Errors::of(&fs::read_to_string(&path).expect("a readable file"));
            types += errors.types.len();
            assert!(
                errors.walls().is_empty(),
                "{}: a `main` that returns one of {:?} would print its fields: leave `Debug` out of its derive and write \
                 `debug_as_display!(..)` below it",
                path.display(),
                errors.walls()
            );
        }
    }
    assert!(
        types >= 9,
        "only {types} error types were found: this test has become blind"
    );
}

#[test]
fn an_error_that_shows_its_fields_is_found() {
    let walls = |text| Errors::of(text).walls().join(" ");
    assert_eq!(
        walls("#[derive(Clone, Debug, thiserror::Error)] #[error(\"a\")] pub struct A;"),
        "A"
    );
    assert_eq!(
        walls("mod m { use thiserror::Error; #[derive(Error)] enum B {} }"),
        "B"
    );
    assert_eq!(
        walls("#[derive(Debug)] struct C; impl std::error::Error for C {}"),
        "C"
    );
    let both = "#[derive(Debug, thiserror::Error)] pub enum D {} crate::x::debug_as_display!(D);";
    assert_eq!(walls(both), "D");
    assert_eq!(
        walls("#[derive(Clone, thiserror::Error)] pub enum E {} debug_as_display!(E, F);"),
        ""
    );
    assert_eq!(walls("#[derive(Debug)] struct G;"), "");
}

//! `docs/errors.md` is made from the table of codes, the mistakes of `tests/ui` and the models that follow their help, so
//! that the page can't differ from what the compiler says.
//!
//! `SHAPEFLOW_WRITE=1 cargo test --test catalogue` writes it again.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use shapeflow_compiler::codes::THEMES;

/// A mistake of `tests/ui`.
struct Case {
    name: String,
    source: String,
    message: String,
}

impl Case {
    /// The codes in its message.
    fn codes(&self) -> BTreeSet<&str> {
        let lines = self.message.lines();
        lines
            .map(|line| line.trim().trim_start_matches("= note: "))
            .filter_map(|line| line.strip_prefix("code: "))
            .collect()
    }

    /// Whether its message says what to write instead (rustc's own helps say something else).
    fn has_help(&self) -> bool {
        let ours = self.message.contains("code: ");
        ours && self
            .message
            .lines()
            .any(|line| line.trim().starts_with("help: "))
    }

    /// The model without what every file needs.
    fn model(&self) -> String {
        let lines = self.source.lines().filter(|line| {
            !matches!(
                *line,
                "use shapeflow::prelude::*;" | "fn main() {}" | "#![deny(warnings)]"
            )
        });
        lines.collect::<Vec<_>>().join("\n").trim().to_owned()
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("ui")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn cases() -> Vec<Case> {
    let entries = fs::read_dir(folder()).expect("tests/ui is there");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a readable entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    paths.sort();
    let case = |path: PathBuf| Case {
        name: path
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned(),
        source: read(&path),
        message: read(&path.with_extension("stderr")),
    };
    paths.into_iter().map(case).collect()
}

/// The models that follow the help, by the name of their case.
fn fixes() -> BTreeMap<String, String> {
    let source = read(&folder().join("pass/fixes.rs"));
    let mut fixes = BTreeMap::new();
    let mut current: Option<(String, Vec<&str>)> = None;
    for line in source.lines() {
        if let Some(name) = line
            .strip_prefix("mod ")
            .and_then(|rest| rest.strip_suffix(" {"))
        {
            current = Some((name.to_owned(), Vec::new()));
        } else if line == "}"
            && let Some((name, lines)) = current.take()
        {
            fixes.insert(name, lines.join("\n").trim().to_owned());
        } else if let Some((_, lines)) = &mut current
            && line.trim() != "use shapeflow::prelude::*;"
        {
            lines.push(line.strip_prefix("    ").unwrap_or(line));
        }
    }
    fixes
}

/// The case that shows a code: one with a right model, and the shortest of these.
fn shown<'a>(code: &str, cases: &'a [Case], fixes: &BTreeMap<String, String>) -> Option<&'a Case> {
    let alone = |case: &&Case| case.codes() == BTreeSet::from([code]);
    let mut all: Vec<&Case> = cases.iter().filter(alone).collect();
    all.sort_by_key(|case| (!fixes.contains_key(&case.name), case.source.len()));
    all.first().copied()
}

fn page(cases: &[Case], fixes: &BTreeMap<String, String>) -> String {
    let mut page = String::from(
        "# The errors of `model!`\n\n\
         Every message ends with a short name. Here each is explained, with a wrong model, what the compiler says about it, and a right one.\n\
         Models and messages are those of the tests (`tests/ui`); this page is written by `SHAPEFLOW_WRITE=1 cargo test --test catalogue`.\n",
    );
    for theme in THEMES {
        let links: Vec<String> = theme
            .codes
            .iter()
            .map(|code| format!("[`{0}`](#{0})", code.name))
            .collect();
        write!(page, "\n**{}**: {}.\n", theme.title, links.join(", ")).expect("a string takes all");
    }
    for theme in THEMES {
        write!(page, "\n## {}\n", theme.title).expect("a string takes all");
        for code in theme.codes {
            let Some(case) = shown(code.name, cases, fixes) else {
                continue;
            };
            let right = fixes.get(&case.name).map_or("", String::as_str);
            let (name, meaning, wrong) = (code.name, code.meaning, case.model());
            let message = case.message.trim_end();
            write!(
                page,
                "\n### {name}\n\n{meaning}\n\n```rust,ignore\n{wrong}\n```\n\n```text\n{message}\n```\n\n\
                 Right:\n\n```rust,ignore\n{right}\n```\n"
            )
            .expect("a string takes all");
        }
    }
    page
}

#[test]
fn every_code_has_a_mistake_and_a_right_model() {
    let (cases, fixes) = (cases(), fixes());
    let known: BTreeSet<&str> = THEMES
        .iter()
        .flat_map(|t| t.codes)
        .map(|c| c.name)
        .collect();
    for case in &cases {
        for code in case.codes() {
            assert!(
                known.contains(code),
                "`{code}` of {} isn't in compiler/src/codes.rs",
                case.name
            );
        }
    }
    for code in known {
        let case = shown(code, &cases, &fixes)
            .unwrap_or_else(|| panic!("no case of tests/ui shows `{code}`"));
        assert!(
            fixes.contains_key(&case.name),
            "tests/ui/pass/fixes.rs has no `mod {}` for `{code}`",
            case.name
        );
    }
}

#[test]
fn every_help_is_followed_by_a_model_that_compiles() {
    let (cases, fixes) = (cases(), fixes());
    let missing: Vec<&str> = cases
        .iter()
        .filter(|case| case.has_help() && !fixes.contains_key(&case.name))
        .map(|case| case.name.as_str())
        .collect();
    assert!(
        missing.is_empty(),
        "tests/ui/pass/fixes.rs lacks {missing:?}"
    );
    let names: BTreeSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    for name in fixes.keys() {
        assert!(
            names.contains(name.as_str()),
            "tests/ui has no case `{name}`"
        );
    }
}

#[test]
fn the_page_is_what_the_compiler_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/errors.md");
    let page = page(&cases(), &fixes());
    if std::env::var_os("SHAPEFLOW_WRITE").is_some() {
        fs::write(&path, &page).expect("docs/errors.md can be written");
    }
    assert!(
        read(&path) == page,
        "docs/errors.md isn't up to date: SHAPEFLOW_WRITE=1 cargo test --test catalogue"
    );
}

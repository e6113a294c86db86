//! `docs/messages.md` is made by making mistakes: each function of `mistakes.rs` is run as the `main` of a program would be,
//! and the page shows it with what the terminal does.
//!
//! `SHAPEFLOW_WRITE=1 cargo test --test messages` writes it again.

mod mistakes;

use std::fmt::Write;
use std::path::Path;

use mistakes::MISTAKES;

/// The words over a function and the lines in it.
fn told(name: &str) -> (String, String) {
    let source = include_str!("mistakes.rs");
    let head = format!("fn {name}() -> Run {{\n");
    let (before, after) = source
        .split_once(&head)
        .unwrap_or_else(|| panic!("mistakes.rs has no `{head}`"));
    let comment = before
        .lines()
        .rev()
        .map_while(|line| line.strip_prefix("/// "));
    let mut comment: Vec<&str> = comment.collect();
    comment.reverse();
    let (body, _) = after.split_once("\n}\n").expect("a function ends");
    let lines = body
        .lines()
        .map(|line| line.strip_prefix("    ").unwrap_or(line))
        .filter(|line| *line != "Ok(())");
    (comment.join(" "), lines.collect::<Vec<_>>().join("\n"))
}

#[test]
fn the_page_is_what_the_terminal_shows() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/messages.md");
    let folder = tempfile::tempdir().expect("a temporary folder");
    // Files are named as a program names them; nothing else runs in this process.
    std::env::set_current_dir(folder.path()).expect("the folder is there");
    let mut page = String::from(
        "# What the terminal shows when something goes wrong\n\n\
         Mistakes of `model!` are errors of the build (`errors.md`). These come to light while a program runs; each ends in an error that\n\
         `fn main() -> Result<(), Box<dyn Error>>` prints. Models, data and messages are those of a test (`tests/messages`), which writes\n\
         this page with `SHAPEFLOW_WRITE=1 cargo test --test messages`.\n\n\
         ```rust,ignore\n",
    );
    page.push_str(mistakes::models());
    page.push_str("```\n");
    for (theme, mistakes) in MISTAKES {
        write!(page, "\n## {theme}\n").expect("a string takes all");
        for (name, run) in *mistakes {
            let (comment, code) = told(name);
            let error = match run() {
                Err(error) => format!("Error: {error:?}"),
                Ok(()) => panic!("`{name}` is no mistake"),
            };
            write!(
                page,
                "\n**{comment}**\n\n```rust,ignore\n{code}\n```\n\n```text\n{error}\n```\n"
            )
            .expect("a string takes all");
        }
    }
    if std::env::var_os("SHAPEFLOW_WRITE").is_some() {
        std::fs::write(&path, &page).expect("docs/messages.md can be written");
    }
    let known = std::fs::read_to_string(&path).expect("docs/messages.md is there");
    assert!(
        known == page,
        "docs/messages.md isn't up to date: SHAPEFLOW_WRITE=1 cargo test --test messages"
    );
}

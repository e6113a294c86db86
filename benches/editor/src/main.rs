//! Asks rust-analyzer, over its language-server protocol, what an editor shows in a `model!`, and prints it as Markdown.
//!
//! ```text
//! cargo install ra_ap_rust-analyzer@0.0.330 --locked
//! cargo run -p shapeflow-editor > docs/editor.md
//! ```
//!
//! `RUST_ANALYZER` names another binary than the `rust-analyzer` of the path. Exits with an error if an answer lacks what it
//! should have.

mod cases;
mod server;

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use cases::{Ask, CASES, FIXTURES};
use serde_json::{Value, json};
use server::Server;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()?;
    write_crate(folder.path(), &root)?;
    let mut server = Server::start(folder.path())?;
    let mut failures = Vec::new();
    println!("# In the editor\n");
    println!(
        "What rust-analyzer answers in whole and in broken models: the output of `cargo run -p shapeflow-editor`."
    );
    println!("`‸` marks the cursor.");
    for (file, source) in FIXTURES {
        server.open(file, &source.replace('‸', ""))?;
        println!(
            "\n## {file}.rs\n\n```rust\n{}\n```",
            source.trim().replace('‸', "")
        );
        let diagnostics = server.diagnostics(file)?;
        if !diagnostics.is_empty() {
            failures.push(format!(
                "{file}: rust-analyzer has errors of its own: {diagnostics:?}"
            ));
        }
        for case in CASES.iter().filter(|case| case.file == *file) {
            let plain = source.replace('‸', "");
            let (line, column, text) = find(&plain, case.at)?;
            let answer = match case.ask {
                Ask::Hover => hover(&server.ask(file, "textDocument/hover", line, column)?),
                Ask::Definition => definition(
                    &server.ask(file, "textDocument/definition", line, column)?,
                    folder.path(),
                    &root,
                ),
                Ask::Completion => {
                    completion(&server.ask(file, "textDocument/completion", line, column)?)
                }
            };
            println!("\n### {}: `{}`\n", case.ask.name(), text.trim());
            for line in answer.lines() {
                println!("> {line}");
            }
            for unwanted in case
                .unwanted
                .iter()
                .filter(|unwanted| answer.contains(**unwanted))
            {
                failures.push(format!(
                    "{file}, {} at `{}`: `{unwanted}` in\n{answer}",
                    case.ask.name(),
                    text.trim()
                ));
            }
            for wanted in case
                .wanted
                .iter()
                .filter(|wanted| !answer.contains(**wanted))
            {
                failures.push(format!(
                    "{file}, {} at `{}`: no `{wanted}` in\n{answer}",
                    case.ask.name(),
                    text.trim()
                ));
            }
        }
    }
    server.stop();
    if failures.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("{}", failures.join("\n\n"));
    Ok(ExitCode::FAILURE)
}

/// A crate with one module for each fixture.
fn write_crate(folder: &Path, root: &Path) -> std::io::Result<()> {
    std::fs::create_dir(folder.join("src"))?;
    std::fs::write(
        folder.join("Cargo.toml"),
        format!(
            "[package]\nname = \"fixture\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\nshapeflow = {{ path = {:?}, default-features = false }}\n[workspace]\n",
            root
        ),
    )?;
    std::fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    let modules: String = FIXTURES
        .iter()
        .map(|(file, _)| format!("mod {file};\n"))
        .collect();
    std::fs::write(folder.join("src/lib.rs"), modules)?;
    for (file, source) in FIXTURES {
        std::fs::write(folder.join(format!("src/{file}.rs")), source)?;
    }
    Ok(())
}

/// Line and column of the `‸` in an excerpt of the source, and the excerpt.
fn find(source: &str, at: &str) -> Result<(usize, usize, String), String> {
    let (before, after) = at.split_once('‸').ok_or("an excerpt without cursor")?;
    let start = source
        .find(&format!("{before}{after}"))
        .ok_or_else(|| format!("no `{at}` in the fixture"))?;
    let head = &source[..start + before.len()];
    let line = head.matches('\n').count();
    let column = head.len() - head.rfind('\n').map_or(0, |end| end + 1);
    Ok((line, column, at.to_owned()))
}

fn hover(answer: &Value) -> String {
    answer["contents"]["value"]
        .as_str()
        .unwrap_or("nothing")
        .to_owned()
}

/// `src/layers/weights.rs:33`
fn definition(answer: &Value, folder: &Path, root: &Path) -> String {
    let none = Vec::new();
    let targets = answer.as_array().unwrap_or(&none).iter().map(|target| {
        let uri = target["targetUri"]
            .as_str()
            .or(target["uri"].as_str())
            .unwrap_or("?");
        let path = uri.trim_start_matches("file://");
        let path = Path::new(path);
        let path = path
            .strip_prefix(root)
            .or(path.strip_prefix(folder))
            .unwrap_or(path);
        let range = match &target["targetSelectionRange"] {
            Value::Null => &target["range"],
            range => range,
        };
        let text = std::fs::read_to_string(root.join(path))
            .or_else(|_| std::fs::read_to_string(folder.join(path)))
            .unwrap_or_default();
        let line = range["start"]["line"].as_u64().unwrap_or(0) as usize;
        let shown = text.lines().nth(line).unwrap_or("").trim();
        format!("{}: `{shown}`", path.display())
    });
    let targets: Vec<String> = targets.collect();
    targets.join("\n")
}

/// The first proposals.
fn completion(answer: &Value) -> String {
    let none = Vec::new();
    let items = answer["items"]
        .as_array()
        .or(answer.as_array())
        .unwrap_or(&none);
    let mut items: Vec<(&str, &str)> = items
        .iter()
        .map(|item| {
            (
                item["sortText"].as_str().unwrap_or(""),
                item["label"].as_str().unwrap_or("?"),
            )
        })
        .collect();
    items.sort();
    let shown: Vec<String> = items
        .iter()
        .take(48)
        .map(|(_, label)| format!("`{label}`"))
        .collect();
    let more = items.len().saturating_sub(48);
    let more = if more > 0 {
        format!(", and {more} more")
    } else {
        String::new()
    };
    format!("{}{more}", shown.join(", "))
}

/// A position in a document.
pub fn position(uri: &str, line: usize, column: usize) -> Value {
    json!({ "textDocument": { "uri": uri }, "position": { "line": line, "character": column } })
}

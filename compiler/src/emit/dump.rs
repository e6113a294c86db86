//! What the compiler made of a model, written into a folder: `SHAPEFLOW_DUMP=folder cargo build`.
//!
//! `Name.rs` is the generated Rust, `Name.graph.txt` the typed graph, `Name.plan.txt` the stages, steps and buffers.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use proc_macro2::TokenStream;

use crate::fuse::{Mode, fuse};
use crate::plan::{Schedule, plan};
use crate::shape::typed::TypedModel;
use crate::step::{Steps, lower};

/// The variable that names the folder.
const VARIABLE: &str = "SHAPEFLOW_DUMP";

/// Writes the files, if somebody asked for them. A folder that can't be written is an error on standard error, not a
/// reason for the build to fail.
pub fn dump(model: &TypedModel, code: impl FnOnce() -> TokenStream) {
    let Some(folder) = std::env::var_os(VARIABLE) else {
        return;
    };
    if model.broken {
        return;
    }
    let folder = Path::new(&folder);
    let rust = formatted(&comments(&code().to_string()));
    let files = [
        ("rs", rust),
        ("graph.txt", format!("{model}")),
        ("plan.txt", plans(model)),
    ];
    for (ending, text) in files {
        let path = folder.join(format!("{}.{ending}", model.name));
        let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&path, text));
        if let Err(error) = written {
            eprintln!("{VARIABLE}: {} can't be written: {error}", path.display());
        }
    }
}

/// Turns the statements that stand for comments into comments.
fn comments(code: &str) -> String {
    let mut text = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(start) = rest.find("__comment !") {
        text.push_str(&rest[..start]);
        rest = &rest[start..];
        let Some(end) = rest.find(") ;").or_else(|| rest.find(");")) else {
            break;
        };
        let statement = &rest[..end];
        let words = statement
            .find('"')
            .and_then(|from| statement.rfind('"').map(|to| &statement[from + 1..to]));
        let _ = write!(text, "\n// {}\n", words.unwrap_or_default());
        rest = rest[end..]
            .trim_start_matches([')', ' '])
            .trim_start_matches(';');
    }
    text.push_str(rest);
    text
}

/// Formats through `rustfmt`; without it, the code as it is.
fn formatted(code: &str) -> String {
    let child = Command::new("rustfmt")
        .args(["--edition", "2024"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = child else {
        return code.to_owned();
    };
    if let Some(mut input) = child.stdin.take()
        && input.write_all(code.as_bytes()).is_err()
    {
        return code.to_owned();
    }
    match child.wait_with_output() {
        Ok(output) if output.status.success() => {
            String::from_utf8_lossy(&output.stdout).into_owned()
        }
        _ => code.to_owned(),
    }
}

fn plans(model: &TypedModel) -> String {
    let mut text = String::new();
    for mode in [Mode::Train, Mode::Infer] {
        let steps = lower(model, &fuse(model, mode), mode);
        let schedule = plan(&steps);
        let _ = writeln!(text, "{mode:?}");
        describe(&mut text, &steps, &schedule);
    }
    text
}

fn describe(text: &mut String, steps: &Steps, schedule: &Schedule) {
    for (index, stage) in schedule.stages.iter().enumerate() {
        let _ = writeln!(text, "  stage {index}, every chunk:");
        for step in stage.chunk.iter().filter(|step| !step.comment.is_empty()) {
            let _ = writeln!(text, "    {}", step.comment);
        }
        if !stage.between.is_empty() {
            let _ = writeln!(text, "  after stage {index}, the whole batch:");
        }
        for step in &stage.between {
            let _ = writeln!(text, "    {}", step.comment);
        }
    }
    for (_, late) in &schedule.weights {
        for step in late {
            let _ = writeln!(
                text,
                "  at the end, by rows of the weight: {}",
                step.comment
            );
        }
    }
    for (name, list) in [
        ("in the thread's arena", &schedule.chunk),
        ("kept for the batch", &schedule.kept),
    ] {
        let _ = writeln!(text, "  buffers {name}, one example:");
        for placed in list {
            let buffer = &steps.buffers[placed.buffer];
            let _ = writeln!(
                text,
                "    {} floats, alive {}..={}: {}",
                buffer.len, placed.first, placed.last, buffer.label
            );
        }
    }
    let _ = writeln!(text);
}

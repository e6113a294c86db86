//! What the compiler made of a model, written into a folder: `SHAPEFLOW_DUMP=folder cargo build`.
//!
//! `Name.rs` is the generated Rust, `Name.graph.txt` the typed graph, `Name.plan.txt` the stages, steps and buffers.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use proc_macro2::TokenStream;

use crate::graph::Graph;
use crate::plan::{Layout, Plan};

/// The variable that names the folder.
const VARIABLE: &str = "SHAPEFLOW_DUMP";

/// Writes the files, if somebody asked for them. A folder that can't be written is an error on standard error, not a
/// reason for the build to fail.
pub fn dump(graph: &Graph, plans: &[&Plan], code: impl FnOnce() -> TokenStream) {
    let Some(folder) = std::env::var_os(VARIABLE) else {
        return;
    };
    if graph.broken {
        return;
    }
    let folder = Path::new(&folder);
    let rust = formatted(&comments(&code().to_string()));
    let files = [
        ("rs", rust),
        ("graph.txt", format!("{graph}")),
        (
            "plan.txt",
            plans.iter().map(|plan| describe(plan)).collect(),
        ),
    ];
    for (ending, text) in files {
        let path = folder.join(format!("{}.{ending}", graph.name()));
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

/// The stages of one mode, their steps, and the buffers.
pub(super) fn describe(plan: &Plan) -> String {
    let mut text = format!("{:?}\n", plan.mode);
    for (index, stage) in plan.stages.iter().enumerate() {
        let _ = writeln!(text, "  stage {index}, every chunk:");
        for step in plan
            .run(&stage.chunk)
            .filter(|step| !step.purpose.is_empty())
        {
            let _ = writeln!(text, "    {}", step.purpose);
        }
        if !stage.between.is_empty() {
            let _ = writeln!(text, "  after stage {index}, the whole batch:");
        }
        for step in plan.run(&stage.between) {
            let _ = writeln!(text, "    {}", step.purpose);
        }
    }
    for ((_, steps), end) in plan.weights.iter().zip(&plan.weight_ends) {
        let when = end.map_or("at the end".to_owned(), |stage| {
            format!("after stage {stage}")
        });
        for step in plan.run(steps) {
            let _ = writeln!(text, "  {when}, by rows of the weight: {}", step.purpose);
        }
    }
    for (name, Layout { buffers, offsets }) in [
        ("in the thread's arena", &plan.chunk),
        ("kept for the batch", &plan.kept),
    ] {
        let bytes = offsets.as_ref();
        let bytes = bytes.map_or_else(String::new, |(_, total)| format!(", {total} bytes"));
        let _ = writeln!(text, "  buffers {name}, one example{bytes}:");
        for placed in buffers {
            let buffer = &plan.steps.buffers[placed.buffer];
            let _ = writeln!(
                text,
                "    {} {}, alive {}..={}: {}",
                buffer.len, buffer.element, placed.first, placed.last, buffer.label
            );
        }
    }
    text.push('\n');
    text
}

//! The diagram in Graphviz' language.

use std::fmt::Write;

use crate::diagram::Style;
use crate::fold::{Folded, Tile};

pub(crate) fn dot(diagram: &Folded) -> String {
    let mut inner = vec![Vec::new(); diagram.frames.len() + 1];
    for (number, frame) in diagram.frames.iter().enumerate() {
        inner[frame.parent.map_or(0, |parent| parent + 1)].push(number);
    }
    let mut dot = String::new();
    // Writing to a string can't fail.
    let _ = write_dot(&mut dot, diagram, &inner);
    dot
}

fn write_dot(dot: &mut String, diagram: &Folded, inner: &[Vec<usize>]) -> std::fmt::Result {
    writeln!(dot, "digraph {} {{", quoted(&diagram.title))?;
    writeln!(
        dot,
        "  label={}; labelloc=t; fontname=\"Helvetica\";",
        quoted(&diagram.title)
    )?;
    writeln!(
        dot,
        "  node [shape=box, style=\"rounded,filled\", fontname=\"Helvetica\", fontsize=11];"
    )?;
    writeln!(dot, "  edge [fontname=\"Helvetica\", fontsize=10];")?;
    write_frame(dot, diagram, inner, None, 1)?;
    for edge in &diagram.edges {
        let ends = [edge.from, edge.to].map(|number| diagram.boxes[number].node);
        write!(dot, "  n{} -> n{}", ends[0], ends[1])?;
        match edge.label.is_empty() {
            true => writeln!(dot, ";")?,
            false => writeln!(dot, " [label={}];", quoted(&edge.label))?,
        }
    }
    writeln!(dot, "}}")
}

/// The boxes and the frames within `frame`, or those within none.
fn write_frame(
    dot: &mut String,
    diagram: &Folded,
    inner: &[Vec<usize>],
    frame: Option<usize>,
    depth: usize,
) -> std::fmt::Result {
    let indent = "  ".repeat(depth);
    for part in &diagram.boxes {
        if part.frame == frame {
            writeln!(
                dot,
                "{indent}n{} [label={}, fillcolor=\"{}\"];",
                part.node,
                quoted(&text(part)),
                colour(part.style)
            )?;
        }
    }
    for &within in &inner[frame.map_or(0, |frame| frame + 1)] {
        writeln!(dot, "{indent}subgraph cluster_{within} {{")?;
        writeln!(
            dot,
            "{indent}  label={};",
            quoted(&diagram.frames[within].label)
        )?;
        write_frame(dot, diagram, inner, Some(within), depth + 1)?;
        writeln!(dot, "{indent}}}")?;
    }
    Ok(())
}

fn text(part: &Tile) -> String {
    let lines = std::iter::once(&part.title)
        .chain(&part.lines)
        .chain(&part.joined);
    let lines: Vec<&str> = lines.map(String::as_str).collect();
    lines.join("\n")
}

fn colour(style: Style) -> &'static str {
    match style {
        Style::Input => "#e3f4e8",
        Style::Output => "#fde8dd",
        Style::Weights => "#e4edfc",
        Style::Activation => "#fdf3d3",
        Style::Plain => "#f2f4f6",
    }
}

/// `text` as a quoted string of Graphviz, in which a backslash begins an escape.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            _ => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

//! The drawing as SVG. Colours are its own, on a background of its own, so that it can be read on any page; there are no identifiers and
//! no style sheet, so that several may stand in one page.

use std::fmt::Write;

use crate::diagram::Style;
use crate::fold::{Folded, Tile};
use crate::layout::{
    DIVIDER, LINE, Layout, PADDING, Path, Rect, TEXT_SIZE, TITLE_SIZE, layout, text_width,
};
use crate::text::escaped;

const FONTS: &str =
    "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
const INK: &str = "#1f2328";
const FAINT: &str = "#57606a";
/// Radius of arrows' corners.
const CORNER: i64 = 7;

/// The colours of a box: inside and border.
fn colours(style: Style) -> (&'static str, &'static str) {
    match style {
        Style::Input => ("#e3f4e8", "#3f8f5f"),
        Style::Output => ("#fde8dd", "#c4673a"),
        Style::Weights => ("#e4edfc", "#4c78c8"),
        Style::Activation => ("#fdf3d3", "#b58a1f"),
        Style::Plain => ("#f2f4f6", "#8b949e"),
    }
}

pub(crate) fn svg(diagram: &Folded) -> String {
    let layout = layout(diagram);
    let width = layout
        .width
        .max(text_width(&diagram.title, 15) * 11 / 10 + 40);
    let left = (width - layout.width) / 2;
    let mut svg = String::new();
    // Writing to a string can't fail.
    let _ = write_svg(&mut svg, diagram, &layout, width, left);
    svg
}

fn write_svg(
    svg: &mut String,
    diagram: &Folded,
    layout: &Layout,
    width: i64,
    left: i64,
) -> std::fmt::Result {
    let (height, title) = (layout.height, escaped(&diagram.title));
    writeln!(
        svg,
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" font-family="{FONTS}" font-size="{TEXT_SIZE}" text-anchor="middle" style="max-width:100%;height:auto">"#
    )?;
    if !title.is_empty() {
        writeln!(svg, "<title>{title}</title>")?;
    }
    writeln!(
        svg,
        r##"<rect x="0.5" y="0.5" width="{}" height="{}" rx="8" fill="#ffffff" stroke="#d0d7de"/>"##,
        width - 1,
        height - 1
    )?;
    if !title.is_empty() {
        writeln!(
            svg,
            r#"<text x="{}" y="32" font-size="15" font-weight="700" fill="{INK}">{title}</text>"#,
            width / 2
        )?;
    }
    writeln!(svg, r#"<g transform="translate({left}.5 0.5)">"#)?;
    for (number, rect) in layout.frames.iter().enumerate() {
        if let Some(rect) = rect {
            frame(svg, number, &diagram.frames[number].label, *rect)?;
        }
    }
    for (edge, path) in diagram.edges.iter().zip(&layout.paths) {
        let ends = (diagram.boxes[edge.from].node, diagram.boxes[edge.to].node);
        arrow(svg, ends, &edge.label, path)?;
    }
    for (part, rect) in diagram.boxes.iter().zip(&layout.boxes) {
        layer(svg, part, *rect)?;
    }
    svg.push_str("</g>\n</svg>\n");
    Ok(())
}

fn frame(svg: &mut String, number: usize, label: &str, rect: Rect) -> std::fmt::Result {
    let Rect {
        x,
        y,
        width,
        height,
    } = rect;
    writeln!(
        svg,
        r##"<g data-block="{number}"><rect x="{x}" y="{y}" width="{width}" height="{height}" rx="8" fill="#64748b" fill-opacity="0.06" stroke="#b6c0cc"/><text x="{}" y="{}" text-anchor="start" font-style="italic" fill="{FAINT}">{}</text></g>"##,
        x + 8,
        y + 14,
        escaped(label)
    )
}

fn arrow(
    svg: &mut String,
    (from, to): (usize, usize),
    label: &str,
    path: &Path,
) -> std::fmt::Result {
    let points = &path.points;
    let (x, y) = points[points.len() - 1];
    let mut line = format!("M{} {}", points[0].0, points[0].1);
    for corner in points.windows(3) {
        let [before, at, after] = [corner[0], corner[1], corner[2]];
        let radius = |end: (i64, i64)| {
            ((end.0 - at.0).abs() + (end.1 - at.1).abs()).min(2 * CORNER) as f64 / 2.0
        };
        let radius = radius(before).min(radius(after));
        let toward = |end: (i64, i64)| {
            let step = |from: i64, to: i64| from as f64 + radius * (to - from).signum() as f64;
            (step(at.0, end.0), step(at.1, end.1))
        };
        let (enter, leave) = (toward(before), toward(after));
        write!(
            line,
            "L{} {}Q{} {} {} {}",
            enter.0, enter.1, at.0, at.1, leave.0, leave.1
        )?;
    }
    // The line ends within the head.
    write!(line, "L{x} {}", y - 5)?;
    write!(
        svg,
        r#"<g data-edge="{from} {to}"><path d="{line}" fill="none" stroke="{FAINT}"/><path d="M{x} {y}l-4 -8h8z" fill="{FAINT}"/>"#
    )?;
    if !label.is_empty() {
        let anchor = if path.label_ends { "end" } else { "start" };
        write!(
            svg,
            r#"<text x="{}" y="{}" text-anchor="{anchor}" fill="{FAINT}">{}</text>"#,
            path.label.0,
            path.label.1,
            escaped(label)
        )?;
    }
    svg.push_str("</g>\n");
    Ok(())
}

fn layer(svg: &mut String, part: &Tile, rect: Rect) -> std::fmt::Result {
    let Rect {
        x,
        y,
        width,
        height,
    } = rect;
    let (inside, border) = colours(part.style);
    let round = match part.style {
        Style::Input | Style::Output => height / 2,
        _ => 5,
    };
    let (number, middle) = (part.node, x + width / 2);
    write!(
        svg,
        r#"<g data-node="{number}"><rect x="{x}" y="{y}" width="{width}" height="{height}" rx="{round}" fill="{inside}" stroke="{border}"/><text x="{middle}" y="{}" font-size="{TITLE_SIZE}" font-weight="600" fill="{INK}">{}</text>"#,
        y + PADDING + 12,
        escaped(&part.title)
    )?;
    let mut baseline = y + PADDING + 12;
    for line in &part.lines {
        baseline += LINE;
        write!(
            svg,
            r#"<text x="{middle}" y="{baseline}" fill="{INK}">{}</text>"#,
            escaped(line)
        )?;
    }
    if !part.joined.is_empty() {
        let across = baseline + 4 + DIVIDER / 2;
        write!(
            svg,
            r#"<path d="M{x} {across}h{width}" stroke="{border}" stroke-opacity="0.4"/>"#
        )?;
        baseline += DIVIDER;
    }
    for line in &part.joined {
        baseline += LINE;
        write!(
            svg,
            r#"<text x="{middle}" y="{baseline}" fill="{INK}">{}</text>"#,
            escaped(line)
        )?;
    }
    svg.push_str("</g>\n");
    Ok(())
}

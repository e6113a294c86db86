//! The font of all plots: DejaVu Sans, Latin letters only.

use plotters::style::{FontDesc, FontFamily, FontStyle, register_font};
use std::sync::Once;

/// The family's name: what an SVG viewer looks for, in this order.
const FAMILY: &str = "DejaVu Sans, Verdana, sans-serif";

/// The font at a height in pixels.
pub(super) fn font(height: u32) -> FontDesc<'static> {
    static REGISTERED: Once = Once::new();
    REGISTERED.call_once(|| {
        let bytes = include_bytes!("font/DejaVuSans-subset.ttf");
        // The file is part of the crate; should it be broken, drawing text returns an error.
        let _ = register_font(FAMILY, FontStyle::Normal, bytes);
    });
    FontDesc::new(
        FontFamily::Name(FAMILY),
        f64::from(height),
        FontStyle::Normal,
    )
}

/// How wide a line of text is at a height, in pixels.
pub(super) fn width(text: &str, height: u32) -> u32 {
    font(height)
        .layout_box(text)
        .map_or(0, |((left, _), (right, _))| right.abs_diff(left))
}

/// More characters than any line of a plot has room for.
const MOST_CHARACTERS: usize = 400;

/// The text in one line, cut with an ellipsis until it is at most `limit` pixels wide. Line breaks become spaces; other
/// characters that are no text, which an SVG may not hold, become U+FFFD.
pub(super) fn fitted(text: &str, height: u32, limit: u32) -> String {
    let shown = |c: char| match c {
        c if c.is_whitespace() => ' ',
        c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => '\u{fffd}',
        c => c,
    };
    let mut cut: String = text.chars().take(MOST_CHARACTERS).map(shown).collect();
    if text.chars().nth(MOST_CHARACTERS).is_none() && width(&cut, height) <= limit {
        return cut;
    }
    while cut.pop().is_some() {
        let shorter = format!("{}…", cut.trim_end());
        if width(&shorter, height) <= limit {
            return shorter;
        }
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_font_measures_text() {
        assert!(width("accuracy", 20) > width("loss", 20));
        assert!(width("loss", 40) > width("loss", 20));
        assert!(
            (20..60).contains(&width("loss", 20)),
            "{}",
            width("loss", 20)
        );
    }

    #[test]
    fn long_text_is_cut_with_an_ellipsis() {
        let cut = fitted("a very long class name", 20, 100);
        assert!(cut.ends_with('…') && width(&cut, 20) <= 100, "{cut}");
        assert_eq!(fitted("cat", 20, 100), "cat");
        let endless = "cat".repeat(1_000_000);
        assert!(fitted(&endless, 20, 100).starts_with("catcat"));
        assert!(fitted(&"\u{200b}".repeat(1_000), 20, 100).ends_with('…'));
        assert_eq!(fitted("a\nb\0c", 20, 100), "a b\u{fffd}c");
    }
}

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

/// The text, cut with an ellipsis until it is at most `limit` pixels wide.
pub(super) fn fitted(text: &str, height: u32, limit: u32) -> String {
    if width(text, height) <= limit {
        return text.to_string();
    }
    let mut cut: String = text.into();
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
    }
}

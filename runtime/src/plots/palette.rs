//! Colours: Okabe and Ito (2008) for lines, one blue from light to dark for amounts.

use plotters::style::RGBColor;

/// Lines of training.
pub(super) const BLUE: RGBColor = RGBColor(0, 114, 178);
/// Lines of validation, and whatever is wrong.
pub(super) const VERMILION: RGBColor = RGBColor(213, 94, 0);
/// Wrong predictions.
pub(super) const RED: RGBColor = RGBColor(200, 30, 30);
/// Text and axes.
pub(super) const INK: RGBColor = RGBColor(40, 40, 40);
/// Less important text.
pub(super) const GREY: RGBColor = RGBColor(110, 110, 110);
/// Grid lines.
pub(super) const GRID: RGBColor = RGBColor(225, 225, 225);
/// The ground.
pub(super) const PAPER: RGBColor = RGBColor(255, 255, 255);

/// White for 0 to dark blue for 1.
pub(super) fn amount(share: f64) -> RGBColor {
    const STOPS: [[f64; 3]; 5] = [
        [250.0, 252.0, 255.0],
        [198.0, 219.0, 239.0],
        [107.0, 174.0, 214.0],
        [33.0, 113.0, 181.0],
        [8.0, 48.0, 107.0],
    ];
    let at = share.clamp(0.0, 1.0) * (STOPS.len() - 1) as f64;
    let below = (at as usize).min(STOPS.len() - 2);
    let part = at - below as f64;
    let mix = |channel: usize| {
        (STOPS[below][channel] * (1.0 - part) + STOPS[below + 1][channel] * part).round() as u8
    };
    RGBColor(mix(0), mix(1), mix(2))
}

/// The colour of text on the ground `amount(share)`.
pub(super) fn text_on_amount(share: f64) -> RGBColor {
    if share > 0.55 { PAPER } else { INK }
}

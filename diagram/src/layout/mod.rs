//! Where everything stands: the layered drawing of Sugiyama, Tagawa and Toda (1981), with frames.
//!
//! [`rows`] gives each box its row. [`units`] adds a lane to each arrow that passes a row, and sorts everything into its frame.
//! [`spine`] finds the longest ways, [`order`] the order from left to right. [`ports`] says where arrows reach their box and how much room labels take.
//! [`across`] finds the places from left to right, [`tracks`] the heights at which arrows run across, [`down`] the places from
//! top to bottom, and [`paths`] draws the arrows.

mod across;
mod down;
mod order;
mod paths;
mod ports;
mod rows;
mod spine;
mod tracks;
mod units;

use crate::fold::Folded;

/// Height of a line of text.
pub(crate) const LINE: i64 = 16;
/// Size of the bold font.
pub(crate) const TITLE_SIZE: i64 = 12;
/// Size of all other text.
pub(crate) const TEXT_SIZE: i64 = 11;
/// Room above and below a box's text.
pub(crate) const PADDING: i64 = 6;
/// Room for the line between a box's own text and what was joined to it.
pub(crate) const DIVIDER: i64 = 5;

/// Places of everything, in pixels from the upper left corner.
pub(crate) struct Layout {
    pub width: i64,
    pub height: i64,
    /// One for each box.
    pub boxes: Vec<Rect>,
    /// One for each frame that has boxes.
    pub frames: Vec<Option<Rect>>,
    /// One for each edge.
    pub paths: Vec<Path>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Rect {
    pub x: i64,
    pub y: i64,
    pub width: i64,
    pub height: i64,
}

/// An arrow's corners, from its box to its head, and where its label stands.
pub(crate) struct Path {
    pub points: Vec<(i64, i64)>,
    pub label: (i64, i64),
    /// Whether the label ends there, or begins.
    pub label_ends: bool,
}

/// Pixels that `text` takes in a font of this size.
pub(crate) fn text_width(text: &str, size: i64) -> i64 {
    (crate::text::width(text) as i64 * size + 999) / 1000
}

pub(crate) fn layout(diagram: &Folded) -> Layout {
    let rows = rows::rows(diagram);
    let mut units = units::Units::new(diagram, &rows);
    let spine = spine::Spine::new(diagram);
    order::order(diagram, &spine, &mut units);
    let ports = ports::Ports::new(diagram, &units, &spine);
    let across = across::across(diagram, &units, &ports, &spine);
    let tracks = tracks::tracks(&units, &ports, &across);
    let down = down::down(diagram, &units, &tracks);
    let rect = |number: usize| Rect {
        x: across.units[number] - ports.half[number],
        y: down.boxes[number].0,
        width: 2 * ports.half[number],
        height: down.boxes[number].1,
    };
    Layout {
        width: across.width,
        height: down.height,
        boxes: (0..diagram.boxes.len()).map(rect).collect(),
        frames: (0..diagram.frames.len())
            .map(|number| {
                let (left, right) = across.frames[number]?;
                let (top, bottom) = down.frames[number]?;
                Some(Rect {
                    x: left,
                    y: top,
                    width: right - left,
                    height: bottom - top,
                })
            })
            .collect(),
        paths: paths::paths(&units, &ports, &across, &tracks, &down),
    }
}

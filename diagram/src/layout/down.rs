//! The places from top to bottom. Between two rows lie, from above: the lower sides of frames that end, the tracks, the upper sides
//! of frames that begin, with their labels, the labels of arrows, and the arrows' heads.

use crate::fold::{Folded, Tile};

use super::across::MARGIN;
use super::tracks::Tracks;
use super::units::{Child, Units};
use super::{DIVIDER, LINE, PADDING};

/// The picture's title.
const TITLE: i64 = 30;
/// Below a row, before anything else.
const BELOW: i64 = 8;
/// From one track to the next.
pub(super) const TRACK: i64 = 10;
/// From the lower side of a frame to the next.
const FRAME_BELOW: i64 = 9;
/// From the upper side of a frame to the next, with a label between.
const FRAME_ABOVE: i64 = 20;
/// A row of labels.
const LABELS: i64 = 17;
/// An arrow's head and some of its line.
const HEAD: i64 = 13;

pub(super) struct Down {
    /// The upper side and the height of each box.
    pub boxes: Vec<(i64, i64)>,
    /// The upper and the lower side of each frame that isn't bare.
    pub frames: Vec<Option<(i64, i64)>>,
    /// The first track below each row.
    pub tracks: Vec<i64>,
    /// The baseline of labels above each row.
    pub labels: Vec<i64>,
    pub height: i64,
}

pub(super) fn down(diagram: &Folded, units: &Units, tracks: &Tracks) -> Down {
    let heights: Vec<i64> = diagram.boxes.iter().map(height).collect();
    let mut rows = vec![0; units.rows];
    for (unit, &height) in units.units.iter().zip(&heights) {
        rows[unit.first] = rows[unit.first].max(height);
    }
    let mut labelled = vec![false; units.rows];
    let mut reached = vec![false; units.rows];
    for edge in &diagram.edges {
        reached[units.units[edge.to].first] = true;
        labelled[units.units[edge.to].first] |= !edge.label.is_empty();
    }
    let above: Vec<i64> = (0..units.rows)
        .map(|row| nested(units, row, |frame| units.frames[frame].first))
        .collect();
    let below: Vec<i64> = (0..units.rows)
        .map(|row| nested(units, row, |frame| units.frames[frame].last))
        .collect();
    let mut down = Down {
        boxes: vec![(0, 0); diagram.boxes.len()],
        frames: vec![None; diagram.frames.len()],
        tracks: Vec::new(),
        labels: Vec::new(),
        height: 0,
    };
    let mut tops = Vec::new();
    let mut y = MARGIN + if diagram.title.is_empty() { 0 } else { TITLE };
    for row in 0..units.rows {
        y += FRAME_ABOVE * above[row];
        // Where the innermost frame that begins here has room for its label.
        let frames_end = y;
        y += if labelled[row] { LABELS } else { 0 };
        down.labels.push(y - 4);
        y += if reached[row] || above[row] > 0 {
            HEAD
        } else {
            0
        };
        tops.push((frames_end, y, y + rows[row]));
        y += rows[row] + BELOW + FRAME_BELOW * below[row];
        down.tracks.push(y);
        y += TRACK * tracks.count[row] as i64;
    }
    down.height = y - BELOW + MARGIN;
    for (number, &height) in heights.iter().enumerate() {
        down.boxes[number] = (tops[units.units[number].first].1, height);
    }
    for number in 1..units.frames.len() {
        let (first, last) = (units.frames[number].first, units.frames[number].last);
        if first <= last {
            let above = depth(units, number, first, &|frame| units.frames[frame].first);
            let below = depth(units, number, last, &|frame| units.frames[frame].last);
            down.frames[number - 1] = Some((
                tops[first].0 - FRAME_ABOVE * above,
                tops[last].2 + FRAME_BELOW * below,
            ));
        }
    }
    down
}

/// The height of a box.
fn height(part: &Tile) -> i64 {
    let joined = match part.joined.len() as i64 {
        0 => 0,
        lines => DIVIDER + LINE * lines,
    };
    2 * PADDING + LINE * (1 + part.lines.len() as i64) + joined
}

/// How many frames whose `side` is `row` lie within each other.
fn nested(units: &Units, row: usize, side: impl Fn(usize) -> usize) -> i64 {
    let inner = units.frames[0].children.iter();
    inner
        .map(|&child| depth_of(units, child, row, &side))
        .max()
        .unwrap_or(0)
}

/// The same, within `frame` and with it.
fn depth(units: &Units, frame: usize, row: usize, side: &impl Fn(usize) -> usize) -> i64 {
    let inner = units.frames[frame].children.iter();
    let inner = inner.map(|&child| depth_of(units, child, row, side)).max();
    inner.unwrap_or(0) + i64::from(side(frame) == row)
}

fn depth_of(units: &Units, child: Child, row: usize, side: &impl Fn(usize) -> usize) -> i64 {
    match child {
        Child::Frame(frame)
            if (units.frames[frame].first..=units.frames[frame].last).contains(&row) =>
        {
            depth(units, frame, row, side)
        }
        _ => 0,
    }
}

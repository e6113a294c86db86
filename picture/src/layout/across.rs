//! The places from left to right: as straight and as near as the order and the widths allow.

use crate::fold::Folded;
use crate::simplex::{Constraint, solve};

use super::ports::Ports;
use super::spine::Spine;
use super::units::{Token, Units};
use super::{TEXT_SIZE, text_width};

/// Around the whole picture.
pub(super) const MARGIN: i64 = 20;
/// Between boxes.
const BOX_GAP: i64 = 22;
/// Between lanes, and between a lane and a box.
const LANE_GAP: i64 = 14;
/// Between a frame and what stands in it or beside it.
const FRAME_GAP: i64 = 14;

/// How much a pixel of bend costs: on the longest ways, between boxes that only have each other, between other neighbours, and
/// where an arrow turns into its lane.
const SPINE: i64 = 64;
const ALONE: i64 = 24;
const STRAIGHT: i64 = 8;
const TURN: i64 = 1;
/// How much a pixel of a frame's width costs.
const NARROW: i64 = 1;

pub(super) struct Across {
    /// The middle of each unit.
    pub units: Vec<i64>,
    /// The left and the right side of each frame that isn't bare.
    pub frames: Vec<Option<(i64, i64)>>,
    pub width: i64,
}

pub(super) fn across(diagram: &Folded, units: &Units, ports: &Ports, spine: &Spine) -> Across {
    let count = units.units.len();
    let side = |token: Token| match token {
        Token::Unit(unit) => unit,
        Token::Open(frame) => count + 2 * frame,
        Token::Close(frame) => count + 2 * frame + 1,
    };
    // The picture itself is a frame: frame 0.
    let mut constraints = Vec::new();
    let mut keep = |from: usize, to: usize, length: i64, weight: i64| {
        constraints.push(Constraint {
            from,
            to,
            length,
            weight,
        });
    };
    for row in 0..units.rows {
        let mut tokens = vec![Token::Open(0)];
        tokens.extend(units.row(row));
        tokens.push(Token::Close(0));
        for pair in tokens.windows(2) {
            keep(
                side(pair[0]),
                side(pair[1]),
                apart(units, ports, pair[0], pair[1]),
                0,
            );
        }
        // A frame's label stands to the left of the first arrow that comes in.
        for (index, token) in tokens.iter().enumerate() {
            if let Token::Open(frame @ 1..) = *token
                && units.frames[frame].first == row
            {
                let label = label_width(diagram, frame);
                let mut within = tokens[index..].iter();
                if let Some(Token::Unit(unit)) =
                    within.find(|token| matches!(token, Token::Unit(_)))
                {
                    let first = ports.first.get(*unit).copied().unwrap_or(0);
                    keep(side(*token), *unit, label - first.min(0), 0);
                }
            }
        }
    }
    let mut variables = count + 2 * units.frames.len();
    for frame in 0..units.frames.len() {
        let label = if frame == 0 {
            0
        } else {
            label_width(diagram, frame)
        };
        keep(
            side(Token::Open(frame)),
            side(Token::Close(frame)),
            label,
            NARROW,
        );
    }
    for (edge, one, other) in units.turns() {
        let weight = match (units.is_box(one), units.is_box(other)) {
            (true, true) if spine.edges[edge] => SPINE,
            (true, true) if spine.alone[edge] => ALONE,
            (true, true) | (false, false) => STRAIGHT,
            (true, false) if spine.only[edge] => 2 * TURN,
            _ => TURN,
        };
        // A number below both ends, so that their distance costs: |a - b| = (a - least) + (b - least).
        keep(variables, one, -ports.tail(units, edge, one), weight);
        keep(variables, other, -ports.head(units, edge, other), weight);
        variables += 1;
    }
    let places = solve(variables, &constraints);
    let left = places[side(Token::Open(0))] - MARGIN;
    Across {
        units: places[..count].iter().map(|place| place - left).collect(),
        frames: (1..units.frames.len())
            .map(|frame| {
                let bare = units.frames[frame].first > units.frames[frame].last;
                let place = |token| places[side(token)] - left;
                (!bare).then(|| (place(Token::Open(frame)), place(Token::Close(frame))))
            })
            .collect(),
        width: places[side(Token::Close(0))] - left + MARGIN,
    }
}

/// Room that the label of a frame takes, from the frame's side.
fn label_width(diagram: &Folded, frame: usize) -> i64 {
    text_width(&diagram.frames[frame - 1].label, TEXT_SIZE) + 16
}

/// The least distance of two neighbours in a row.
fn apart(units: &Units, ports: &Ports, one: Token, other: Token) -> i64 {
    let edge = |token: Token| matches!(token, Token::Open(0) | Token::Close(0));
    let is_box = |token: Token| matches!(token, Token::Unit(unit) if units.is_box(unit));
    let is_unit = |token: Token| matches!(token, Token::Unit(_));
    let reach = |token: Token, reach: &[i64]| match token {
        Token::Unit(unit) => reach.get(unit).copied().unwrap_or(0),
        _ => 0,
    };
    let gap = if edge(one) || edge(other) {
        0
    } else if is_box(one) && is_box(other) {
        BOX_GAP
    } else if is_unit(one) && is_unit(other) {
        LANE_GAP
    } else {
        FRAME_GAP
    };
    reach(one, &ports.right) + gap + reach(other, &ports.left)
}

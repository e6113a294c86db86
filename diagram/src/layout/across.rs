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
    let columns = columns(diagram, units, ports, spine);
    let alone: Vec<usize> = (0..count).collect();
    let solved = |columns: &[usize]| {
        let numbers = Numbers { units, columns };
        let (variables, constraints) = constraints(diagram, &numbers, ports, spine);
        let places = solve(variables, &constraints)?;
        let left = places[numbers.of(Token::Open(0))] - MARGIN;
        let place = |token| places[numbers.of(token)] - left;
        Some(Across {
            units: (0..count).map(|unit| place(Token::Unit(unit))).collect(),
            frames: (1..units.frames.len())
                .map(|frame| {
                    let bare = units.frames[frame].first > units.frames[frame].last;
                    (!bare).then(|| (place(Token::Open(frame)), place(Token::Close(frame))))
                })
                .collect(),
            width: place(Token::Close(0)) + MARGIN,
        })
    };
    // What should be a column may have to give way to others; the order alone has no circle.
    let across = solved(&columns).or_else(|| solved(&alone));
    across.expect("the order is the same in every row")
}

/// The first box of the column that each unit stands in: boxes that follow each other on the longest ways, or have only each other.
fn columns(diagram: &Folded, units: &Units, ports: &Ports, spine: &Spine) -> Vec<usize> {
    let mut columns: Vec<usize> = (0..units.units.len()).collect();
    let mut above = vec![None; units.boxes];
    for (number, edge) in diagram.edges.iter().enumerate() {
        let straight = spine.edges[number] || spine.alone[number];
        if straight && units.ways[number].len() == 2 && ports.tail[number] == ports.head[number] {
            above[edge.to] = Some(edge.from);
        }
    }
    // Boxes are numbered in the order in which values flow.
    for (number, above) in above.into_iter().enumerate() {
        if let Some(above) = above {
            columns[number] = columns[above];
        }
    }
    columns
}

/// The numbers to be found.
struct Numbers<'a> {
    units: &'a Units,
    columns: &'a [usize],
}

impl Numbers<'_> {
    /// The number of the middle of a unit or of the side of a frame; the picture itself is frame 0.
    fn of(&self, token: Token) -> usize {
        let count = self.columns.len();
        match token {
            Token::Unit(unit) => self.columns[unit],
            Token::Open(frame) => count + 2 * frame,
            Token::Close(frame) => count + 2 * frame + 1,
        }
    }

    /// How many there are.
    fn count(&self) -> usize {
        self.columns.len() + 2 * self.units.frames.len()
    }
}

/// How many numbers there are, with those that only measure, and what must hold between them.
fn constraints(
    diagram: &Folded,
    numbers: &Numbers<'_>,
    ports: &Ports,
    spine: &Spine,
) -> (usize, Vec<Constraint>) {
    let units = numbers.units;
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
            let apart = apart(units, ports, pair[0], pair[1]);
            keep(numbers.of(pair[0]), numbers.of(pair[1]), apart, 0);
        }
        // A frame's label stands to the left of the first arrow that comes in.
        for (index, token) in tokens.iter().enumerate() {
            if let Token::Open(frame @ 1..) = *token
                && units.frames[frame].first == row
                && let Some(first) = tokens[index..].iter().find_map(Token::unit)
            {
                let arrow = ports.first.get(first).copied().unwrap_or(0).min(0);
                let label = label_width(diagram, frame) - arrow;
                keep(numbers.of(*token), numbers.of(Token::Unit(first)), label, 0);
            }
        }
    }
    for frame in 0..units.frames.len() {
        let label = match frame {
            0 => 0,
            _ => label_width(diagram, frame),
        };
        let sides = [Token::Open(frame), Token::Close(frame)].map(|side| numbers.of(side));
        keep(sides[0], sides[1], label, NARROW);
    }
    let mut count = numbers.count();
    for (edge, one, other) in units.turns() {
        let ends = [one, other].map(|unit| numbers.of(Token::Unit(unit)));
        let weight = match (units.is_box(one), units.is_box(other)) {
            _ if ends[0] == ends[1] => continue,
            (true, true) if spine.edges[edge] => SPINE,
            (true, true) if spine.alone[edge] => ALONE,
            (true, true) | (false, false) => STRAIGHT,
            (true, false) if spine.only[edge] => 2 * TURN,
            _ => TURN,
        };
        // A number below both ends, so that their distance costs: |a - b| = (a - least) + (b - least).
        keep(count, ends[0], -ports.tail(units, edge, one), weight);
        keep(count, ends[1], -ports.head(units, edge, other), weight);
        count += 1;
    }
    (count, constraints)
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

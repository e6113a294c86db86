//! What stands side by side: boxes, and lanes for arrows that pass a row; each in its frame.

use std::collections::{HashMap, HashSet};

use crate::fold::{Arrow, Folded};

/// The boxes come first, under their own numbers; lanes follow.
pub(super) struct Units {
    pub units: Vec<Unit>,
    /// How many of them are boxes.
    pub boxes: usize,
    /// The picture itself, then one for each frame.
    pub frames: Vec<Frame>,
    /// The units on each edge's way, from its box to its head.
    pub ways: Vec<Vec<usize>>,
    /// How many rows there are.
    pub rows: usize,
}

/// A box, or a lane.
pub(super) struct Unit {
    /// Its first row.
    pub first: usize,
    /// Its last row.
    pub last: usize,
    /// Its frame.
    pub frame: usize,
}

/// The rows of a frame and what stands in it.
pub(super) struct Frame {
    pub parent: Option<usize>,
    /// Its first row; after its last where nothing stands in it.
    pub first: usize,
    pub last: usize,
    /// What stands in it, from left to right.
    pub children: Vec<Child>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Child {
    Unit(usize),
    Frame(usize),
}

/// What one meets in a row from left to right.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Token {
    Unit(usize),
    Open(usize),
    Close(usize),
}

impl Token {
    /// The unit, if it is one.
    pub fn unit(&self) -> Option<usize> {
        match *self {
            Token::Unit(unit) => Some(unit),
            Token::Open(_) | Token::Close(_) => None,
        }
    }
}

impl Units {
    pub fn new(diagram: &Folded, rows: &[usize]) -> Self {
        let mut frames = vec![Frame {
            parent: None,
            first: 0,
            last: rows.iter().max().copied().unwrap_or(0),
            children: Vec::new(),
        }];
        frames.extend(diagram.frames.iter().map(|frame| Frame {
            parent: Some(frame.parent.map_or(0, |parent| parent + 1)),
            first: usize::MAX,
            last: 0,
            children: Vec::new(),
        }));
        let mut units = Vec::new();
        for (part, &row) in diagram.boxes.iter().zip(rows) {
            let frame = part.frame.map_or(0, |frame| frame + 1);
            units.push(Unit {
                first: row,
                last: row,
                frame,
            });
            let mut around = Some(frame);
            while let Some(frame) = around {
                frames[frame].first = frames[frame].first.min(row);
                frames[frame].last = frames[frame].last.max(row);
                around = frames[frame].parent;
            }
        }
        let mut all = Units {
            boxes: units.len(),
            units,
            rows: frames[0].last + 1,
            frames,
            ways: Vec::new(),
        };
        let mut lanes = HashMap::new();
        all.ways = diagram
            .edges
            .iter()
            .map(|edge| all.way(edge, &mut lanes))
            .collect();
        for (number, unit) in all.units.iter().enumerate() {
            all.frames[unit.frame].children.push(Child::Unit(number));
        }
        for number in 1..all.frames.len() {
            if let (Some(parent), false) = (all.frames[number].parent, all.is_bare(number)) {
                all.frames[parent].children.push(Child::Frame(number));
            }
        }
        all
    }

    /// Whether nothing stands in `frame`.
    fn is_bare(&self, frame: usize) -> bool {
        self.frames[frame].first > self.frames[frame].last
    }

    /// The way of an arrow, with lanes for the rows between its ends: one for each frame that it passes. Arrows of the same output
    /// share their lanes.
    fn way(&mut self, edge: &Arrow, lanes: &mut HashMap<[usize; 3], usize>) -> Vec<usize> {
        let mut way = vec![edge.from];
        for row in self.units[edge.from].last + 1..self.units[edge.to].first {
            let frame = self.passed(edge.from, edge.to, row);
            let lane = *lanes
                .entry([edge.from, edge.output, frame])
                .or_insert(self.units.len());
            if lane == self.units.len() {
                self.units.push(Unit {
                    first: row,
                    last: row,
                    frame,
                });
            }
            self.units[lane].last = self.units[lane].last.max(row);
            if way.last() != Some(&lane) {
                way.push(lane);
            }
        }
        way.push(edge.to);
        way
    }

    /// The frame in which an arrow passes `row`: its head's as soon as that has begun, until then its tail's.
    fn passed(&self, from: usize, to: usize, row: usize) -> usize {
        let within = |unit: usize| {
            let mut frame = self.units[unit].frame;
            while let (false, Some(parent)) = (
                (self.frames[frame].first..=self.frames[frame].last).contains(&row),
                self.frames[frame].parent,
            ) {
                frame = parent;
            }
            frame
        };
        let (tail, head) = (within(from), within(to));
        let mut around = Some(self.units[from].frame);
        while let Some(frame) = around {
            if frame == head {
                return tail;
            }
            around = self.frames[frame].parent;
        }
        head
    }

    /// The place of every unit in the order from left to right.
    pub fn positions(&self) -> Vec<usize> {
        let mut positions = vec![0; self.units.len()];
        let mut count = 0;
        self.number(0, &mut positions, &mut count);
        positions
    }

    fn number(&self, frame: usize, positions: &mut [usize], count: &mut usize) {
        for child in &self.frames[frame].children {
            match *child {
                Child::Unit(unit) => {
                    positions[unit] = *count;
                    *count += 1;
                }
                Child::Frame(inner) => self.number(inner, positions, count),
            }
        }
    }

    /// What stands in `row`, from left to right.
    pub fn row(&self, row: usize) -> Vec<Token> {
        let mut tokens = Vec::new();
        self.tokens(0, row, &mut tokens);
        tokens
    }

    fn tokens(&self, frame: usize, row: usize, tokens: &mut Vec<Token>) {
        for child in &self.frames[frame].children {
            let (first, last) = self.span(*child);
            if !(first..=last).contains(&row) {
                continue;
            }
            match *child {
                Child::Unit(unit) => tokens.push(Token::Unit(unit)),
                Child::Frame(inner) => {
                    tokens.push(Token::Open(inner));
                    self.tokens(inner, row, tokens);
                    tokens.push(Token::Close(inner));
                }
            }
        }
    }

    /// The first and the last row of `child`.
    pub fn span(&self, child: Child) -> (usize, usize) {
        match child {
            Child::Unit(unit) => (self.units[unit].first, self.units[unit].last),
            Child::Frame(frame) => (self.frames[frame].first, self.frames[frame].last),
        }
    }

    pub fn is_box(&self, unit: usize) -> bool {
        unit < self.boxes
    }

    /// The row above the part of an arrow that reaches `unit`.
    pub fn above(&self, unit: usize) -> usize {
        self.units[unit].first - 1
    }

    /// The parts of arrows between each row and the next, as `(upper unit, lower unit)`.
    pub fn parts(&self) -> Vec<Vec<(usize, usize)>> {
        let mut parts = vec![Vec::new(); self.rows];
        for (_, one, other) in self.turns() {
            parts[self.above(other)].push((one, other));
        }
        for (number, lane) in self.units.iter().enumerate().skip(self.boxes) {
            for below in &mut parts[lane.first..lane.last] {
                below.push((number, number));
            }
        }
        parts
    }

    /// The parts of arrows from one unit to the next, as `(edge, upper unit, lower unit)`; a part that several arrows share once.
    pub fn turns(&self) -> Vec<(usize, usize, usize)> {
        let mut known = HashSet::new();
        let mut turns = Vec::new();
        for (edge, way) in self.ways.iter().enumerate() {
            for pair in way.windows(2) {
                if self.is_box(pair[1]) || known.insert((pair[0], pair[1])) {
                    turns.push((edge, pair[0], pair[1]));
                }
            }
        }
        turns
    }
}

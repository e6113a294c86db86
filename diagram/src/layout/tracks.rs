//! The heights at which arrows run from side to side between two rows.

use super::across::Across;
use super::ports::Ports;
use super::units::Units;

/// Arrows closer than this would be taken for one.
const NEAR: i64 = 6;

pub(super) struct Tracks {
    /// How many tracks lie below each row.
    pub count: Vec<usize>,
    /// The track of the part of an edge that leaves its unit number `index`, where it isn't straight.
    pub track: Vec<Vec<Option<usize>>>,
}

/// Arrows that come down at one place and run from side to side together.
struct Group {
    source: i64,
    targets: Vec<i64>,
    /// `(edge, index)` of each.
    parts: Vec<(usize, usize)>,
}

impl Group {
    fn left(&self) -> i64 {
        self.targets.iter().copied().fold(self.source, i64::min)
    }

    fn right(&self) -> i64 {
        self.targets.iter().copied().fold(self.source, i64::max)
    }

    fn covers(&self, place: i64) -> bool {
        self.left() < place && place < self.right()
    }

    fn meets(&self, other: &Group) -> bool {
        self.left() < other.right() + NEAR && other.left() < self.right() + NEAR
    }

    /// What it costs if it runs above `below`: crossings, and lines that would lie on each other.
    fn cost_above(&self, below: &Group) -> usize {
        let crossed = usize::from(self.covers(below.source))
            + self
                .targets
                .iter()
                .filter(|&&target| below.covers(target))
                .count();
        let near = self
            .targets
            .iter()
            .filter(|&&target| (target - below.source).abs() < NEAR);
        crossed + 100 * near.count()
    }
}

pub(super) fn tracks(units: &Units, ports: &Ports, across: &Across) -> Tracks {
    let mut groups: Vec<Vec<Group>> = (0..units.rows).map(|_| Vec::new()).collect();
    for (edge, way) in units.ways.iter().enumerate() {
        for (index, pair) in way.windows(2).enumerate() {
            let source = across.units[pair[0]] + ports.tail(units, edge, pair[0]);
            let target = across.units[pair[1]] + ports.head(units, edge, pair[1]);
            if source == target {
                continue;
            }
            let below = &mut groups[units.above(pair[1])];
            match below.iter_mut().find(|group| group.source == source) {
                Some(group) => {
                    group.targets.push(target);
                    group.parts.push((edge, index));
                }
                None => below.push(Group {
                    source,
                    targets: vec![target],
                    parts: vec![(edge, index)],
                }),
            }
        }
    }
    let mut tracks = Tracks {
        count: Vec::new(),
        track: units
            .ways
            .iter()
            .map(|way| vec![None; way.len() - 1])
            .collect(),
    };
    for groups in &mut groups {
        arrange(groups);
        let mut heights: Vec<usize> = Vec::new();
        for (index, group) in groups.iter().enumerate() {
            let above = (0..index).filter(|&above| groups[above].meets(group));
            let height = above.map(|above| heights[above] + 1).max().unwrap_or(0);
            heights.push(height);
            for &(edge, part) in &group.parts {
                tracks.track[edge][part] = Some(height);
            }
        }
        tracks
            .count
            .push(heights.iter().max().map_or(0, |height| height + 1));
    }
    tracks
}

/// Sorts `groups` from top to bottom, exchanging neighbours while that saves something.
fn arrange(groups: &mut [Group]) {
    groups.sort_by_key(|group| (group.left(), group.source));
    for _ in 0..groups.len() {
        let mut better = false;
        for index in 1..groups.len() {
            let (above, below) = (&groups[index - 1], &groups[index]);
            if below.cost_above(above) < above.cost_above(below) {
                groups.swap(index - 1, index);
                better = true;
            }
        }
        if !better {
            return;
        }
    }
}

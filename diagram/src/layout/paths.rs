//! The corners of every arrow.

use super::Path;
use super::across::Across;
use super::down::{Down, TRACK};
use super::ports::{LABEL_GAP, Ports};
use super::tracks::Tracks;
use super::units::Units;

pub(super) fn paths(
    units: &Units,
    ports: &Ports,
    across: &Across,
    tracks: &Tracks,
    down: &Down,
) -> Vec<Path> {
    let path = |(edge, way): (usize, &Vec<usize>)| {
        let (from, to) = (way[0], way[way.len() - 1]);
        let (top, height) = down.boxes[from];
        let mut x = across.units[from] + ports.tail[edge];
        let mut points = vec![(x, top + height)];
        for (index, pair) in way.windows(2).enumerate() {
            if let Some(track) = tracks.track[edge][index] {
                let y = down.tracks[units.above(pair[1])] + TRACK * track as i64;
                points.push((x, y));
                x = across.units[pair[1]] + ports.head(units, edge, pair[1]);
                points.push((x, y));
            }
        }
        points.push((x, down.boxes[to].0));
        let label_left = ports.label_left[edge];
        let gap = if label_left { -LABEL_GAP } else { LABEL_GAP };
        Path {
            points,
            label: (x + gap, down.labels[units.units[to].first]),
            label_ends: label_left,
        }
    };
    units.ways.iter().enumerate().map(path).collect()
}

//! The tasks in which weight gradients over the whole batch are taken: some rows of one weight each.

use std::ops::Range;

use crate::tasks::Cut;

/// The fewest rows of a weight in one task of its gradient.
const TILE_ROWS: usize = 96;

/// The most tasks of one weight: each arranges all gradients of the output for itself.
const MOST_TILES: usize = 16;

/// A weight whose gradient is one product over the whole batch, cut by rows into tasks.
#[derive(Clone, Copy, Debug)]
pub struct WeightTask {
    /// Where its gradient begins in the flat buffer, in floats.
    pub offset: usize,
    /// Rows of the weight.
    pub rows: usize,
    /// Length of a row.
    pub row_len: usize,
    /// The stage behind which it is taken.
    pub stage: usize,
}

impl WeightTask {
    /// Rows in one of its tasks: whole register tiles.
    const fn tile_rows(&self) -> usize {
        let rows = self.rows.div_ceil(MOST_TILES).next_multiple_of(48);
        if rows > TILE_ROWS { rows } else { TILE_ROWS }
    }
}

/// Some rows of a weight.
pub(super) struct Tile {
    /// The number of its [`WeightTask`].
    pub task: usize,
    /// The stage behind which it runs.
    stage: usize,
    pub rows: Range<usize>,
    /// Where their gradient lies in the flat buffer.
    offset: usize,
    len: usize,
}

/// The tiles of all weights: by stages, and those of a stage in the order of their gradients.
pub(super) fn tiles(tasks: &[WeightTask]) -> Vec<Tile> {
    let mut tiles = Vec::with_capacity(tile_count(tasks));
    for (task, weight) in tasks.iter().enumerate() {
        let most = weight.tile_rows();
        for first in (0..weight.rows).step_by(most) {
            let rows = first..weight.rows.min(first + most);
            tiles.push(Tile {
                task,
                stage: weight.stage,
                offset: weight.offset + first * weight.row_len,
                len: rows.len() * weight.row_len,
                rows,
            });
        }
    }
    tiles.sort_unstable_by_key(|tile| (tile.stage, tile.offset));
    tiles
}

/// Those of `tiles` that run behind a stage.
pub(super) fn behind(tiles: &[Tile], stage: usize) -> &[Tile] {
    let first = tiles.partition_point(|tile| tile.stage < stage);
    let end = tiles.partition_point(|tile| tile.stage <= stage);
    &tiles[first..end]
}

/// How many tiles there are.
pub(super) const fn tile_count(tasks: &[WeightTask]) -> usize {
    let mut count = 0;
    let mut i = 0;
    while i < tasks.len() {
        count += tasks[i].rows.div_ceil(tasks[i].tile_rows());
        i += 1;
    }
    count
}

/// Some tiles with the gradients from the first one's on.
pub(super) struct Tiles<'a> {
    tiles: &'a [Tile],
    /// The number of the first.
    first: usize,
    /// Where `gradients` begin in the flat buffer.
    start: usize,
    gradients: &'a mut [f32],
}

impl<'a> Tiles<'a> {
    /// These tiles, all of one stage, and all gradients.
    pub(super) fn new(tiles: &'a [Tile], gradients: &'a mut [f32]) -> Self {
        Self {
            tiles,
            first: 0,
            start: 0,
            gradients,
        }
    }

    /// The first tile and its gradient.
    pub(super) fn only(self) -> (&'a Tile, &'a mut [f32]) {
        let tile = &self.tiles[0];
        let gradients = &mut self.gradients[tile.offset - self.start..];
        (tile, &mut gradients[..tile.len])
    }
}

impl Cut for Tiles<'_> {
    fn cut(self, tile: usize) -> (Self, Self) {
        let (tiles, tiles_rest) = self.tiles.split_at(tile - self.first);
        let start = tiles_rest[0].offset;
        let (gradients, gradients_rest) = self.gradients.split_at_mut(start - self.start);
        let before = Self {
            tiles,
            gradients,
            ..self
        };
        let rest = Self {
            tiles: tiles_rest,
            first: tile,
            start,
            gradients: gradients_rest,
        };
        (before, rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tasks::for_each_part;

    const fn weight(offset: usize, rows: usize) -> WeightTask {
        WeightTask {
            offset,
            rows,
            row_len: 2,
            stage: 0,
        }
    }

    fn fill(tasks: &[WeightTask]) -> Vec<f32> {
        let (tiles, mut gradients) = (tiles(tasks), vec![0.0; 640]);
        let all = Tiles::new(&tiles, &mut gradients);
        for_each_part(all, tiles.len(), false, &|_, part: Tiles<'_>| {
            let (tile, gradient) = part.only();
            assert_eq!(gradient.len(), 2 * tile.rows.len());
            gradient.fill(1.0 + tile.task as f32);
        });
        gradients
    }

    #[test]
    fn each_tile_has_its_rows_in_whatever_order_the_weights_are() {
        let tasks = [weight(240, 200), weight(16, 100)];
        assert_eq!((tiles(&tasks).len(), tile_count(&tasks)), (5, 5));
        let gradients = fill(&tasks);
        let count = |value| gradients.iter().filter(|&&g| g == value).count();
        assert_eq!([count(0.0), count(1.0), count(2.0)], [40, 400, 200]);
        assert!(gradients[16..216].iter().all(|&g| g == 2.0));
    }

    #[test]
    fn each_stage_has_its_tiles() {
        let weight = |offset, stage| WeightTask {
            stage,
            ..weight(offset, 100)
        };
        let tiles = tiles(&[weight(400, 1), weight(0, 3), weight(200, 1)]);
        let tasks = |stage| -> Vec<usize> {
            let tiles = behind(&tiles, stage).iter();
            tiles.map(|tile| tile.task).collect()
        };
        assert_eq!(tasks(1), [2, 2, 0, 0]);
        assert_eq!(tasks(3), [1, 1]);
        assert_eq!((tasks(0).len(), tasks(2).len(), tasks(4).len()), (0, 0, 0));
    }

    #[test]
    #[should_panic(expected = "range end index")]
    fn weights_that_lie_over_one_another_are_refused() {
        fill(&[weight(0, 20), weight(8, 20)]);
    }
}

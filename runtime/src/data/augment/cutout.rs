//! Cutting holes into pictures.

use super::{Augment, Changes, Picture};
use crate::data::{DataError, Random};

/// Fills a square at a random place with one value. The centre of the square is anywhere on the picture, so a part of
/// it may fall outside. Targets stay: a class map says what is under the hole. DeVries and Taylor 2017, arXiv:1708.04552.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cutout {
    side: usize,
    value: f32,
}

impl Cutout {
    /// A square of `side` × `side` pixels, filled with zeros.
    pub fn new(side: usize) -> Self {
        Self { side, value: 0.0 }
    }

    /// The value that the square is filled with.
    pub fn value(mut self, value: f32) -> Self {
        self.value = value;
        self
    }
}

impl Augment for Cutout {
    fn check(&self, [height, width, _]: [usize; 3]) -> Result<(), DataError> {
        if self.side == 0 || self.side > height.max(width) {
            let expected = format!("1 to {}, the side of the pictures", height.max(width));
            return Err(DataError::argument("side of a cutout", expected, self.side));
        }
        if !self.value.is_finite() {
            return Err(DataError::argument(
                "value of a cutout",
                "a finite number",
                self.value,
            ));
        }
        Ok(())
    }

    fn changes(&self) -> Changes {
        Changes::Values
    }

    fn apply(&self, picture: &mut Picture<'_>, random: &mut Random) {
        let (height, width, channels) = (picture.height(), picture.width(), picture.channels());
        let rows = span(random.below(height), self.side, height);
        let columns = span(random.below(width), self.side, width);
        let pixels = picture.pixels_mut();
        for y in rows {
            let start = y * width;
            pixels[(start + columns.start) * channels..(start + columns.end) * channels]
                .fill(self.value);
        }
    }
}

/// The part of a square's side that is on an axis.
fn span(centre: usize, side: usize, length: usize) -> std::ops::Range<usize> {
    let start = centre as isize - (side / 2) as isize;
    start.max(0) as usize..(start + side as isize).min(length as isize) as usize
}

#[cfg(test)]
mod tests {
    use super::super::picture::changed;
    use super::*;
    use crate::data::random::Purpose;

    #[test]
    fn the_hole_is_a_square_clipped_at_the_edge() {
        let mut sizes = std::collections::BTreeSet::new();
        for index in 0..200 {
            let random = &mut Random::new(0, Purpose::Augment, 0, index);
            let cut = changed([[1.0; 6]; 6], |picture| {
                Cutout::new(3).value(7.0).apply(picture, random)
            });
            let rows: Vec<usize> = cut
                .iter()
                .map(|row| row.iter().filter(|&&value| value == 7.0).count())
                .collect();
            let height = rows.iter().filter(|&&count| count > 0).count();
            let width = rows.iter().copied().max().unwrap();
            assert!(rows.iter().all(|&count| count == 0 || count == width));
            assert!(
                cut.concat()
                    .iter()
                    .all(|&value| value == 7.0 || value == 1.0)
            );
            sizes.insert((height, width));
        }
        assert_eq!(
            sizes.into_iter().collect::<Vec<_>>(),
            [(2, 2), (2, 3), (3, 2), (3, 3)]
        );
    }

    #[test]
    fn the_square_must_fit() {
        let message = Cutout::new(9).check([8, 8, 3]).unwrap_err().to_string();
        assert_eq!(
            message,
            "side of a cutout: expected 1 to 8, the side of the pictures, found 9"
        );
        assert!(Cutout::new(0).check([8, 8, 3]).is_err());
    }
}

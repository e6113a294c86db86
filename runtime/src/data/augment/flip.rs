//! Mirroring pictures.

use super::{Augment, Changes, Picture, within};
use crate::data::{DataError, Random};

/// Swaps left and right, with a probability (by default one half).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HorizontalFlip {
    /// How likely a picture is mirrored, 0 to 1.
    pub probability: f32,
}

/// Swaps top and bottom, with a probability (by default one half).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VerticalFlip {
    /// How likely a picture is mirrored, 0 to 1.
    pub probability: f32,
}

impl Default for HorizontalFlip {
    fn default() -> Self {
        Self { probability: 0.5 }
    }
}

impl Default for VerticalFlip {
    fn default() -> Self {
        Self { probability: 0.5 }
    }
}

impl Augment for HorizontalFlip {
    fn check(&self, _: [usize; 3]) -> Result<(), DataError> {
        within(
            "probability of a horizontal flip",
            self.probability,
            0.0,
            1.0,
        )
    }

    fn changes(&self) -> Changes {
        Changes::Places(None)
    }

    fn apply(&self, picture: &mut Picture<'_>, random: &mut Random) {
        if !random.chance(self.probability) {
            return;
        }
        let (width, channels) = (picture.width(), picture.channels());
        for row in picture.pixels_mut().chunks_exact_mut(width * channels) {
            for x in 0..width / 2 {
                for channel in 0..channels {
                    row.swap(x * channels + channel, (width - 1 - x) * channels + channel);
                }
            }
        }
    }
}

impl Augment for VerticalFlip {
    fn check(&self, _: [usize; 3]) -> Result<(), DataError> {
        within("probability of a vertical flip", self.probability, 0.0, 1.0)
    }

    fn changes(&self) -> Changes {
        Changes::Places(None)
    }

    fn apply(&self, picture: &mut Picture<'_>, random: &mut Random) {
        if !random.chance(self.probability) {
            return;
        }
        let (height, row) = (picture.height(), picture.width() * picture.channels());
        let pixels = picture.pixels_mut();
        for y in 0..height / 2 {
            let (above, below) = pixels.split_at_mut((height - 1 - y) * row);
            above[y * row..(y + 1) * row].swap_with_slice(&mut below[..row]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::picture::changed;
    use super::*;
    use crate::data::random::Purpose;

    const ROWS: [[f32; 2]; 3] = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]];

    fn apply(flip: &dyn Augment, index: u64) -> [[f32; 2]; 3] {
        changed(ROWS, |picture| {
            flip.apply(picture, &mut Random::new(0, Purpose::Augment, 0, index))
        })
    }

    #[test]
    fn flips_mirror_rows_or_columns() {
        assert_eq!(
            apply(&HorizontalFlip { probability: 1.0 }, 0),
            [[2.0, 1.0], [4.0, 3.0], [6.0, 5.0]]
        );
        assert_eq!(
            apply(&VerticalFlip { probability: 1.0 }, 0),
            [[5.0, 6.0], [3.0, 4.0], [1.0, 2.0]]
        );
        assert_eq!(apply(&VerticalFlip { probability: 0.0 }, 0), ROWS);
    }

    #[test]
    fn half_of_the_pictures_are_mirrored() {
        let flipped = (0..1000)
            .filter(|&index| apply(&HorizontalFlip::default(), index) != ROWS)
            .count();
        assert!((430..570).contains(&flipped), "{flipped} of 1000");
    }

    #[test]
    fn a_probability_above_one_is_an_error() {
        let error = HorizontalFlip { probability: 1.5 }
            .check([2, 2, 1])
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "probability of a horizontal flip: expected a number from 0 to 1, found 1.5"
        );
    }
}

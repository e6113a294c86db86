//! Moving pictures.

use super::{Augment, Border, Changes, Picture, within};
use crate::data::{DataError, Random};

/// Moves a picture by a random part of its size, in whole pixels, up or down and left or right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shift {
    vertical: f32,
    horizontal: f32,
    border: Border,
}

impl Shift {
    /// By at most `vertical` of the height and `horizontal` of the width (0 to 1); zeros come in at the edge.
    pub fn new(vertical: f32, horizontal: f32) -> Self {
        Self {
            vertical,
            horizontal,
            border: Border::default(),
        }
    }

    /// What comes in at the edge.
    pub fn border(mut self, border: Border) -> Self {
        self.border = border;
        self
    }
}

impl Augment for Shift {
    fn check(&self, _: [usize; 3]) -> Result<(), DataError> {
        within("vertical shift", self.vertical, 0.0, 1.0)?;
        within("horizontal shift", self.horizontal, 0.0, 1.0)
    }

    fn changes(&self) -> Changes {
        Changes::Places(Some(self.border))
    }

    fn apply(&self, picture: &mut Picture<'_>, random: &mut Random) {
        let down = random.between(-self.vertical, self.vertical) * picture.height() as f32;
        let right = random.between(-self.horizontal, self.horizontal) * picture.width() as f32;
        picture.shift(down.round() as isize, right.round() as isize, self.border);
    }
}

#[cfg(test)]
mod tests {
    use super::super::picture::changed;
    use super::*;
    use crate::data::random::Purpose;

    #[test]
    fn a_picture_moves_no_farther_than_asked_and_both_ways() {
        let rows = [[0.0, 0.0, 1.0, 0.0, 0.0]];
        let mut places = [false; 5];
        for index in 0..100 {
            let random = &mut Random::new(0, Purpose::Augment, 0, index);
            let [row] = changed(rows, |picture| Shift::new(0.0, 0.2).apply(picture, random));
            places[row.iter().position(|&value| value == 1.0).unwrap()] = true;
        }
        assert_eq!(places, [false, true, true, true, false]);
        assert!(Shift::new(0.0, f32::NAN).check([5, 5, 1]).is_err());
    }
}

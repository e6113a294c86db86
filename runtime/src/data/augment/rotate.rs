//! Turning pictures.

use super::{Augment, Border, Changes, Picture, within};
use crate::data::{DataError, Random};

/// Turns a picture about its centre by a random angle, either way, with bilinear interpolation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rotate {
    degrees: f32,
    border: Border,
}

impl Rotate {
    /// By at most `degrees` (0 to 180) clockwise or counter-clockwise; zeros come in at the corners.
    pub fn new(degrees: f32) -> Self {
        Self {
            degrees,
            border: Border::default(),
        }
    }

    /// What comes in at the corners.
    pub fn border(mut self, border: Border) -> Self {
        self.border = border;
        self
    }
}

impl Augment for Rotate {
    fn check(&self, _: [usize; 3]) -> Result<(), DataError> {
        within("degrees of rotation", self.degrees, 0.0, 180.0)
    }

    fn changes(&self) -> Changes {
        Changes::Places(Some(self.border))
    }

    fn apply(&self, picture: &mut Picture<'_>, random: &mut Random) {
        turn(
            picture,
            random.between(-self.degrees, self.degrees),
            self.border,
        );
    }
}

/// Turns counter-clockwise, as seen with the first row at the top.
fn turn(picture: &mut Picture<'_>, degrees: f32, border: Border) {
    let (sin, cos) = degrees.to_radians().sin_cos();
    picture.transform([[cos, sin], [-sin, cos]], border);
}

#[cfg(test)]
mod tests {
    use super::super::picture::changed;
    use super::*;

    #[test]
    fn a_right_angle_turns_counter_clockwise() {
        let rows = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]];
        let turned = changed(rows, |picture| turn(picture, 90.0, Border::Nearest));
        for (row, expected) in
            turned
                .iter()
                .zip([[3.0, 6.0, 9.0], [2.0, 5.0, 8.0], [1.0, 4.0, 7.0]])
        {
            for (value, expected) in row.iter().zip(expected) {
                assert!((value - expected).abs() < 1e-5, "{turned:?}");
            }
        }
    }

    #[test]
    fn the_corners_are_filled_with_the_border() {
        let turned = changed([[1.0; 9]; 9], |picture| {
            turn(picture, 45.0, Border::Constant(-1.0))
        });
        assert_eq!((turned[0][0], turned[8][8]), (-1.0, -1.0));
        assert!(
            (turned[4][4] - 1.0).abs() < 1e-6 && (turned[0][4] - 1.0).abs() < 1e-6,
            "{turned:?}"
        );
        assert!(Rotate::new(200.0).check([9, 9, 1]).is_err());
    }
}

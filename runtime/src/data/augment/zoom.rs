//! Enlarging and shrinking what is on pictures.

use super::{Augment, Border, Changes, Picture, within};
use crate::data::{DataError, Random};

/// Enlarges or shrinks what is on a picture about its centre, with bilinear interpolation; the size of the picture
/// stays.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Zoom {
    smallest: f32,
    largest: f32,
    border: Border,
}

impl Zoom {
    /// By a factor between `smallest` and `largest` (0.05 to 20), such as 0.9 and 1.1: above 1 things get larger;
    /// below 1 zeros come in at the edge.
    pub fn new(smallest: f32, largest: f32) -> Self {
        Self {
            smallest,
            largest,
            border: Border::default(),
        }
    }

    /// What comes in at the edge.
    pub fn border(mut self, border: Border) -> Self {
        self.border = border;
        self
    }
}

impl Augment for Zoom {
    fn check(&self, _: [usize; 3]) -> Result<(), DataError> {
        within("smallest zoom", self.smallest, 0.05, 20.0)?;
        within("largest zoom", self.largest, self.smallest, 20.0)
    }

    fn changes(&self) -> Changes {
        Changes::Places((self.smallest < 1.0).then_some(self.border))
    }

    fn apply(&self, picture: &mut Picture<'_>, random: &mut Random) {
        let step = 1.0 / random.between(self.smallest, self.largest);
        picture.transform([[step, 0.0], [0.0, step]], self.border);
    }
}

#[cfg(test)]
mod tests {
    use super::super::picture::changed;
    use super::*;
    use crate::data::random::Purpose;

    fn zoomed(factor: f32) -> [[f32; 5]; 1] {
        let random = &mut Random::new(0, Purpose::Augment, 0, 0);
        changed([[1.0, 2.0, 3.0, 4.0, 5.0]], |picture| {
            Zoom::new(factor, factor).apply(picture, random)
        })
    }

    #[test]
    fn above_one_enlarges_and_below_one_shrinks() {
        assert_eq!(zoomed(2.0), [[2.0, 2.5, 3.0, 3.5, 4.0]]);
        assert_eq!(zoomed(0.5), [[0.0, 1.0, 3.0, 5.0, 0.0]]);
        assert_eq!(zoomed(1.0), [[1.0, 2.0, 3.0, 4.0, 5.0]]);
    }

    #[test]
    fn factors_must_be_in_order() {
        let message = Zoom::new(1.2, 1.1)
            .check([4, 4, 1])
            .unwrap_err()
            .to_string();
        assert_eq!(
            message,
            "largest zoom: expected a number from 1.2 to 20, found 1.1"
        );
        assert!(Zoom::new(0.0, 1.1).check([4, 4, 1]).is_err());
    }
}

//! Cropping padded pictures.

use super::{Augment, Border, Changes, Picture};
use crate::data::{DataError, Random};

/// Pads a picture on all sides and cuts a random piece of the original size out of it.
///
/// With 4 pixels of zeros it is the augmentation of CIFAR-10 in He et al. 2015 (arXiv:1512.03385, section 4.2).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RandomCrop {
    padding: usize,
    border: Border,
}

impl RandomCrop {
    /// With so many pixels of zeros on each side.
    pub fn new(padding: usize) -> Self {
        Self {
            padding,
            border: Border::default(),
        }
    }

    /// What the picture is padded with.
    pub fn border(mut self, border: Border) -> Self {
        self.border = border;
        self
    }
}

impl Augment for RandomCrop {
    fn check(&self, [height, width, _]: [usize; 3]) -> Result<(), DataError> {
        if self.padding < height.min(width) {
            Ok(())
        } else {
            let expected = format!("less than the side of the pictures, {}", height.min(width));
            Err(DataError::argument(
                "padding of a random crop",
                expected,
                self.padding,
            ))
        }
    }

    fn changes(&self) -> Changes {
        Changes::Places(Some(self.border))
    }

    fn apply(&self, picture: &mut Picture<'_>, random: &mut Random) {
        let mut offset = || random.below(2 * self.padding + 1) as isize - self.padding as isize;
        let (down, right) = (offset(), offset());
        picture.shift(down, right, self.border);
    }
}

#[cfg(test)]
mod tests {
    use super::super::picture::changed;
    use super::*;
    use crate::data::random::Purpose;

    #[test]
    fn every_piece_is_as_likely() {
        let mut counts = [[0; 3]; 3];
        for index in 0..900 {
            let random = &mut Random::new(0, Purpose::Augment, 0, index);
            let rows = [[0.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]];
            let cropped =
                changed(rows, |picture| RandomCrop::new(1).apply(picture, random)).concat();
            let place = cropped.iter().position(|&value| value == 1.0).unwrap();
            counts[place / 3][place % 3] += 1;
        }
        assert!(
            counts
                .iter()
                .flatten()
                .all(|&count| (60..150).contains(&count)),
            "{counts:?}"
        );
    }

    #[test]
    fn padding_must_be_smaller_than_the_picture() {
        let message = RandomCrop::new(4).check([8, 4, 3]).unwrap_err().to_string();
        assert_eq!(
            message,
            "padding of a random crop: expected less than the side of the pictures, 4, found 4"
        );
    }
}

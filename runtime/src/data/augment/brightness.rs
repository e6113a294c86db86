//! Making pictures lighter or darker.

use super::{Augment, Changes, Picture, within};
use crate::data::{DataError, Random};

/// Adds one random number to all values of a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Brightness {
    amount: f32,
    clip: Option<(f32, f32)>,
}

impl Brightness {
    /// By at most `amount`, up or down, in the unit of the values: 0.2 is a fifth of the range for values from 0 to 1.
    pub fn new(amount: f32) -> Self {
        Self { amount, clip: None }
    }

    /// Clips the values to `low ..= high` afterwards.
    pub fn clip(mut self, low: f32, high: f32) -> Self {
        self.clip = Some((low, high));
        self
    }
}

impl Augment for Brightness {
    fn check(&self, _: [usize; 3]) -> Result<(), DataError> {
        within("brightness", self.amount, 0.0, f32::INFINITY)?;
        check_clip(self.clip)
    }

    fn changes(&self) -> Changes {
        Changes::Values
    }

    fn apply(&self, picture: &mut Picture<'_>, random: &mut Random) {
        let amount = random.between(-self.amount, self.amount);
        picture
            .pixels_mut()
            .iter_mut()
            .for_each(|value| *value += amount);
        clip(picture, self.clip);
    }
}

/// Checks that a range to clip to isn't upside down.
pub(super) fn check_clip(range: Option<(f32, f32)>) -> Result<(), DataError> {
    match range {
        Some((low, high)) if low > high || low.is_nan() || high.is_nan() => {
            Err(DataError::argument(
                "range to clip to",
                "its low end first",
                format!("{low} and {high}"),
            ))
        }
        _ => Ok(()),
    }
}

pub(super) fn clip(picture: &mut Picture<'_>, range: Option<(f32, f32)>) {
    if let Some((low, high)) = range {
        picture
            .pixels_mut()
            .iter_mut()
            .for_each(|value| *value = between(*value, low, high));
    }
}

/// `value`, brought into the range; NaN stays.
fn between(value: f32, low: f32, high: f32) -> f32 {
    if value < low {
        low
    } else if value > high {
        high
    } else {
        value
    }
}

#[cfg(test)]
mod tests {
    use super::super::picture::changed;
    use super::*;
    use crate::data::random::Purpose;

    #[test]
    fn all_values_change_alike_and_no_more_than_asked() {
        for index in 0..50 {
            let random = &mut Random::new(0, Purpose::Augment, 0, index);
            let [[a, b]] = changed([[0.25, 0.75]], |picture| {
                Brightness::new(0.2).apply(picture, random)
            });
            assert!((b - a - 0.5).abs() < 1e-6 && (a - 0.25).abs() <= 0.2 + 1e-6);
        }
    }

    #[test]
    fn values_are_clipped_if_asked() {
        for index in 0..50 {
            let random = &mut Random::new(0, Purpose::Augment, 0, index);
            let brightness = Brightness::new(5.0).clip(0.0, 1.0);
            let [row] = changed([[0.0, 1.0]], |picture| brightness.apply(picture, random));
            assert!(row.iter().all(|value| (0.0..=1.0).contains(value)));
            let random = &mut Random::new(0, Purpose::Augment, 0, index);
            let [[nan]] = changed([[f32::NAN]], |picture| brightness.apply(picture, random));
            assert!(nan.is_nan(), "a NaN became {nan}");
        }
        for (low, high) in [(1.0, 0.0), (f32::NAN, 1.0), (0.0, f32::NAN)] {
            let brightness = Brightness::new(0.1).clip(low, high);
            assert!(brightness.check([1, 1, 1]).is_err(), "{low} {high}");
        }
        assert!(Brightness::new(f32::INFINITY).check([1, 1, 1]).is_err());
    }
}

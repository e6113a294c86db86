//! Making pictures stronger or paler.

use super::brightness::{check_clip, clip};
use super::{Augment, Changes, Picture, within};
use crate::data::{DataError, Random};

/// Multiplies the distance of each value from the mean of its channel by one random factor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contrast {
    amount: f32,
    clip: Option<(f32, f32)>,
}

impl Contrast {
    /// By a factor from `1 - amount` to `1 + amount`; `amount` is 0 to 1.
    pub fn new(amount: f32) -> Self {
        Self { amount, clip: None }
    }

    /// Clips the values to `low ..= high` afterwards.
    pub fn clip(mut self, low: f32, high: f32) -> Self {
        self.clip = Some((low, high));
        self
    }
}

impl Augment for Contrast {
    fn check(&self, _: [usize; 3]) -> Result<(), DataError> {
        within("contrast", self.amount, 0.0, 1.0)?;
        check_clip(self.clip)
    }

    fn changes(&self) -> Changes {
        Changes::Values
    }

    fn apply(&self, picture: &mut Picture<'_>, random: &mut Random) {
        let factor = random.between(1.0 - self.amount, 1.0 + self.amount);
        let (channels, places) = (picture.channels(), picture.height() * picture.width());
        let pixels = picture.pixels_mut();
        for channel in 0..channels {
            let sum: f64 = pixels[channel..]
                .iter()
                .step_by(channels)
                .map(|&value| f64::from(value))
                .sum();
            let mean = (sum / places as f64) as f32;
            for value in pixels[channel..].iter_mut().step_by(channels) {
                *value = mean + factor * (*value - mean);
            }
        }
        clip(picture, self.clip);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::random::Purpose;

    #[test]
    fn the_mean_of_each_channel_stays_and_the_spread_changes() {
        let mut spreads = Vec::new();
        for index in 0..50 {
            let (mut pixels, mut scratch) = ([0.2, 10.0, 0.6, 20.0], [0.0; 4]);
            let mut picture = Picture::new([1, 2, 2], &mut pixels, &mut scratch);
            Contrast::new(0.5).apply(
                &mut picture,
                &mut Random::new(0, Purpose::Augment, 0, index),
            );
            picture.finish();
            assert!(
                (pixels[0] + pixels[2] - 0.8).abs() < 1e-6
                    && (pixels[1] + pixels[3] - 30.0).abs() < 1e-4
            );
            spreads.push((pixels[2] - pixels[0]) / 0.4);
        }
        assert!(spreads.iter().all(|spread| (0.499..1.501).contains(spread)));
        assert!(
            spreads.iter().any(|&spread| spread < 0.8)
                && spreads.iter().any(|&spread| spread > 1.2)
        );
    }
}

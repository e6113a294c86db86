//! Random numbers that depend on a key and on nothing else: not on the thread, the machine or what was drawn before.

use chacha20::ChaCha8Rng;
use chacha20::rand_core::{Rng, SeedableRng};

/// What a stream of random numbers is for; streams of different purposes are independent.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    Shuffle = 1,
    Split = 2,
    Augment = 3,
}

/// A reproducible stream of random numbers, as an [`Augment`](super::augment::Augment) gets it for one picture.
///
/// The stream is ChaCha8 keyed by (seed, purpose, epoch, index). What it yields for a key is part of the promise that
/// the same seed gives the same training, so the conversions below are written out and don't follow another crate's.
#[derive(Debug)]
pub struct Random(ChaCha8Rng);

/// A stream that goes on from where this one is.
impl Clone for Random {
    fn clone(&self) -> Self {
        let mut copy = ChaCha8Rng::from_seed(self.0.get_seed());
        copy.set_stream(self.0.get_stream());
        copy.set_word_pos(self.0.get_word_pos());
        Self(copy)
    }
}

impl Random {
    pub(crate) fn new(seed: u64, purpose: Purpose, epoch: u64, index: u64) -> Self {
        Self::keyed([seed, purpose as u64, epoch, index])
    }

    fn keyed(words: [u64; 4]) -> Self {
        let mut key = [0; 32];
        for (bytes, word) in key.chunks_exact_mut(8).zip(words) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        Self(ChaCha8Rng::from_seed(key))
    }

    /// The random numbers of a step of an augmentation, counted from 0.
    pub(crate) fn of_step(seed: u64, epoch: u64, index: u64, step: usize) -> Self {
        // The purpose is in the lowest byte of its word.
        Self::keyed([
            seed,
            Purpose::Augment as u64 | (step as u64) << 8,
            epoch,
            index,
        ])
    }

    /// A number in `0.0 .. 1.0`, of 24 random bits.
    pub fn unit(&mut self) -> f32 {
        (self.0.next_u32() >> 8) as f32 / (1 << 24) as f32
    }

    /// A number in `low .. high` (`low` when they are the same).
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// A whole number in `0 .. end`, each as likely (to within 1 in 2⁶⁴ / `end`).
    ///
    /// # Panics
    ///
    /// If `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        assert!(end > 0, "there is no number below 0");
        ((u128::from(self.0.next_u64()) * end as u128) >> 64) as usize
    }

    /// `true` with this probability.
    pub fn chance(&mut self, probability: f32) -> bool {
        self.unit() < probability
    }

    /// Puts the elements in random order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, elements: &mut [T]) {
        for last in (1..elements.len()).rev() {
            elements.swap(last, self.below(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(seed: u64, purpose: Purpose, epoch: u64, index: u64) -> Vec<usize> {
        let mut random = Random::new(seed, purpose, epoch, index);
        (0..8).map(|_| random.below(1000)).collect()
    }

    #[test]
    fn a_key_always_gives_the_same_numbers() {
        let expected = [785, 761, 382, 876, 443, 881, 18, 419];
        assert_eq!(sample(1, Purpose::Shuffle, 2, 3), expected);
        assert_eq!(
            sample(1, Purpose::Shuffle, 2, 3),
            sample(1, Purpose::Shuffle, 2, 3)
        );
        let others = [
            sample(2, Purpose::Shuffle, 2, 3),
            sample(1, Purpose::Split, 2, 3),
            sample(1, Purpose::Shuffle, 3, 3),
            sample(1, Purpose::Shuffle, 2, 4),
        ];
        for other in others {
            assert_ne!(sample(1, Purpose::Shuffle, 2, 3), other);
        }
    }

    #[test]
    fn a_copy_goes_on_from_where_the_stream_was() {
        let mut random = Random::new(1, Purpose::Augment, 2, 3);
        for _ in 0..100 {
            let mut copy = random.clone();
            assert_eq!(copy.unit(), random.unit());
            assert_eq!(copy.below(1000), random.below(1000));
        }
    }

    #[test]
    fn numbers_fill_their_range_evenly() {
        let mut random = Random::new(7, Purpose::Augment, 0, 0);
        let mut counts = [0; 10];
        for _ in 0..10_000 {
            counts[random.below(10)] += 1;
            assert!((0.0..1.0).contains(&random.unit()));
        }
        assert!(
            counts.iter().all(|&count| (850..1150).contains(&count)),
            "{counts:?}"
        );
    }

    #[test]
    fn a_shuffle_keeps_every_element() {
        let mut elements: Vec<usize> = (0..100).collect();
        Random::new(3, Purpose::Shuffle, 0, 0).shuffle(&mut elements);
        assert!(elements.windows(2).any(|pair| pair[0] > pair[1]));
        elements.sort_unstable();
        assert_eq!(elements, (0..100).collect::<Vec<_>>());
    }
}

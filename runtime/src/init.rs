//! Initial weights: Keras' initialisers, filled from one seed and the tensor's name.
//!
//! Each tensor has a random stream of its own, derived from the seed and its name: its values stay the same when
//! another layer is added to the model or the tensors are filled in another order.

use chacha20::ChaCha8Rng;
use chacha20::rand_core::{Rng, SeedableRng};

pub use shapeflow_terms::Init;

/// Standard deviation of the normal distribution cut off at two standard deviations.
const TRUNCATED_DEVIATION: f64 = 0.879_625_661_034_239_8;

/// The fans of a weight, as Keras computes them: `(fan_in, fan_out)`.
///
/// For a kernel `[.., inputs, outputs]` they are the receptive field (the product of the first axes) times inputs and
/// outputs; for a vector both are its length. What doesn't fit is the largest number.
pub const fn fans(shape: &[usize]) -> (usize, usize) {
    match shape {
        [] => (1, 1),
        [length] => (*length, *length),
        [field @ .., inputs, outputs] => {
            let (mut receptive, mut axis) = (1, 0);
            while axis < field.len() {
                receptive = usize::saturating_mul(receptive, field[axis]);
                axis += 1;
            }
            (
                receptive.saturating_mul(*inputs),
                receptive.saturating_mul(*outputs),
            )
        }
    }
}

/// Fills `values`, a tensor of `shape` with these fans, by `init`, from the random stream of (`seed`, `name`).
///
/// [`Init::Orthogonal`] takes the tensor as a matrix of its last axis and all others.
pub fn fill(
    init: Init,
    shape: &[usize],
    (fan_in, fan_out): (usize, usize),
    seed: u64,
    name: &str,
    values: &mut [f32],
) {
    let mut stream = Stream::new(seed, name);
    let (fan_in, fan_out) = (fan_in.max(1) as f64, fan_out.max(1) as f64);
    match init {
        Init::Zeros => values.fill(0.0),
        Init::Ones => values.fill(1.0),
        Init::Constant(value) => values.fill(value),
        Init::GlorotUniform => stream.fill_uniform((6.0 / (fan_in + fan_out)).sqrt(), values),
        Init::HeUniform => stream.fill_uniform((6.0 / fan_in).sqrt(), values),
        Init::LecunUniform => stream.fill_uniform((3.0 / fan_in).sqrt(), values),
        Init::Uniform(low, high) => {
            let (low, high) = (f64::from(low), f64::from(high));
            for value in values {
                *value = (low + (high - low) * stream.uniform()) as f32;
            }
        }
        Init::GlorotNormal => stream.fill_scaled((2.0 / (fan_in + fan_out)).sqrt(), values),
        Init::HeNormal => stream.fill_scaled((2.0 / fan_in).sqrt(), values),
        Init::LecunNormal => stream.fill_scaled((1.0 / fan_in).sqrt(), values),
        Init::Normal(deviation) => {
            for value in values {
                *value = (f64::from(deviation) * stream.normal()) as f32;
            }
        }
        Init::TruncatedNormal(deviation) => {
            stream.fill_truncated(f64::from(deviation), values);
        }
        Init::Orthogonal(gain) => {
            let columns = shape.last().map_or(1, |last| (*last).max(1));
            orthogonal(gain, columns, &mut stream, values);
        }
    }
}

/// The random stream of one tensor.
struct Stream(ChaCha8Rng);

impl Stream {
    fn new(seed: u64, name: &str) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(fnv1a(name.as_bytes()));
        Stream(generator)
    }

    /// Uniform in `0.0..1.0`, 53 random bits.
    fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// Standard normal, by Box and Muller's formula.
    fn normal(&mut self) -> f64 {
        // 1 - u is in (0, 1], so that its logarithm is finite.
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }

    fn fill_uniform(&mut self, limit: f64, values: &mut [f32]) {
        for value in values {
            *value = (limit * (2.0 * self.uniform() - 1.0)) as f32;
        }
    }

    /// Normal values of a distribution with this deviation, none beyond two of them.
    fn fill_truncated(&mut self, deviation: f64, values: &mut [f32]) {
        for value in values {
            let normal = loop {
                let normal = self.normal();
                if normal.abs() <= 2.0 {
                    break normal;
                }
            };
            *value = (deviation * normal) as f32;
        }
    }

    /// Truncated normal values that have the given deviation after the cut.
    fn fill_scaled(&mut self, deviation: f64, values: &mut [f32]) {
        self.fill_truncated(deviation / TRUNCATED_DEVIATION, values);
    }
}

/// The FNV-1a hash: which of a seed's streams belongs to a name.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Gram and Schmidt's method, twice for accuracy, on the shorter side's vectors of a random normal matrix.
fn orthogonal(gain: f32, columns: usize, stream: &mut Stream, values: &mut [f32]) {
    let rows = values.len() / columns;
    let (count, length) = (rows.min(columns), rows.max(columns));
    let mut basis: Vec<Vec<f64>> = Vec::with_capacity(count);
    while basis.len() < count {
        let mut vector: Vec<f64> = (0..length).map(|_| stream.normal()).collect();
        for other in basis.iter().chain(&basis) {
            let along: f64 = vector.iter().zip(other).map(|(a, b)| a * b).sum();
            vector
                .iter_mut()
                .zip(other)
                .for_each(|(a, b)| *a -= along * b);
        }
        let norm = vector.iter().map(|a| a * a).sum::<f64>().sqrt();
        // A vector that (almost) lies in the span of the others is drawn again.
        if norm > 1e-6 {
            vector.iter_mut().for_each(|a| *a /= norm);
            basis.push(vector);
        }
    }
    for (k, value) in values.iter_mut().enumerate() {
        let (row, column) = (k / columns, k % columns);
        let entry = if rows <= columns {
            basis[row][column]
        } else {
            basis[column][row]
        };
        *value = (f64::from(gain) * entry) as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Init; 13] = [
        Init::Zeros,
        Init::Ones,
        Init::Constant(0.5),
        Init::GlorotUniform,
        Init::GlorotNormal,
        Init::HeUniform,
        Init::HeNormal,
        Init::LecunUniform,
        Init::LecunNormal,
        Init::Uniform(-0.05, 0.05),
        Init::Normal(0.05),
        Init::TruncatedNormal(0.05),
        Init::Orthogonal(1.0),
    ];

    fn filled(init: Init, shape: &[usize], seed: u64, name: &str) -> Vec<f32> {
        let mut values = vec![f32::NAN; shape.iter().product()];
        fill(init, shape, fans(shape), seed, name, &mut values);
        values
    }

    /// Mean, standard deviation and largest size.
    fn moments(values: &[f32]) -> [f64; 3] {
        let count = values.len() as f64;
        let mean = values.iter().map(|&v| f64::from(v)).sum::<f64>() / count;
        let variance = values
            .iter()
            .map(|&v| (f64::from(v) - mean).powi(2))
            .sum::<f64>()
            / count;
        let largest = values
            .iter()
            .fold(0.0, |most: f64, &v| most.max(f64::from(v).abs()));
        [mean, variance.sqrt(), largest]
    }

    #[test]
    fn fans_are_those_of_keras() {
        assert_eq!(fans(&[]), (1, 1));
        assert_eq!(fans(&[7]), (7, 7));
        assert_eq!(fans(&[784, 128]), (784, 128));
        assert_eq!(fans(&[3, 5, 16, 32]), (15 * 16, 15 * 32));
        assert_eq!(fans(&[1 << 63, 2, 1]), (usize::MAX, 1 << 63));
    }

    #[test]
    fn distributions_have_the_moments_of_keras() {
        // fan_in = 144, fan_out = 2304.
        let shape = [3, 3, 16, 256];
        let (glorot, he, lecun) = (
            (2.0_f64 / 2448.0).sqrt(),
            (2.0_f64 / 144.0).sqrt(),
            (1.0_f64 / 144.0).sqrt(),
        );
        let root3 = 3.0_f64.sqrt();
        let cut = 2.0 / TRUNCATED_DEVIATION;
        // Initialiser, standard deviation, bound of the values as a multiple of it.
        let table = [
            (Init::GlorotUniform, glorot, root3),
            (Init::HeUniform, he, root3),
            (Init::LecunUniform, lecun, root3),
            (Init::Uniform(-0.1, 0.1), 0.1 / root3, root3),
            (Init::GlorotNormal, glorot, cut),
            (Init::HeNormal, he, cut),
            (Init::LecunNormal, lecun, cut),
            (Init::TruncatedNormal(0.1), 0.1 * TRUNCATED_DEVIATION, cut),
            (Init::Normal(0.1), 0.1, f64::INFINITY),
        ];
        for (init, expected, bound) in table {
            let [mean, deviation, largest] = moments(&filled(init, &shape, 3, "conv2d1.weight"));
            assert!(mean.abs() < 0.03 * expected, "{init:?}: mean {mean}");
            assert!(
                (deviation / expected - 1.0).abs() < 0.02,
                "{init:?}: deviation {deviation}"
            );
            assert!(
                largest <= bound * expected * 1.000_001,
                "{init:?}: largest {largest}"
            );
            assert!(largest > 1.7 * expected, "{init:?}: largest {largest}");
        }
    }

    #[test]
    fn values_depend_on_seed_and_name_alone() {
        for init in ALL {
            let values = filled(init, &[20, 30], 1, "dense1.weight");
            assert_eq!(values, filled(init, &[20, 30], 1, "dense1.weight"));
            assert!(values.iter().all(|value| value.is_finite()));
            if !matches!(init, Init::Zeros | Init::Ones | Init::Constant(_)) {
                assert_ne!(values, filled(init, &[20, 30], 2, "dense1.weight"));
                assert_ne!(values, filled(init, &[20, 30], 1, "dense2.weight"));
            }
        }
    }

    #[test]
    fn an_orthogonal_weight_has_vectors_at_right_angles() {
        for (rows, columns) in [(12, 5), (5, 12), (6, 6)] {
            let values = filled(Init::Orthogonal(2.0), &[rows, columns], 1, "dense1.weight");
            let entry = |shorter: usize, longer: usize| {
                if rows <= columns {
                    values[shorter * columns + longer]
                } else {
                    values[longer * columns + shorter]
                }
            };
            for a in 0..rows.min(columns) {
                for b in 0..rows.min(columns) {
                    let dot: f32 = (0..rows.max(columns))
                        .map(|k| entry(a, k) * entry(b, k))
                        .sum();
                    assert!((dot - if a == b { 4.0 } else { 0.0 }).abs() < 1e-5);
                }
            }
        }
    }

    #[test]
    fn initialisers_stand_in_static_tables() {
        static TABLE: [Init; 2] = [Init::HeNormal, Init::Constant(0.1)];
        assert_eq!(filled(TABLE[1], &[2], 0, "bias"), [0.1, 0.1]);
    }
}

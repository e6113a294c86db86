//! Initial weights: Keras' initialisers, filled from one seed and the tensor's name.
//!
//! Each tensor has a random stream of its own, derived from the seed and its name: its values stay the same when
//! another layer is added to the model or the tensors are filled in another order.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// How a tensor's first values are drawn. `fan_in` and `fan_out` are those of [`fans`].
///
/// As in Keras, the `..Normal` initialisers that scale with the fans, and `TruncatedNormal`, draw no value beyond two
/// standard deviations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Init {
    /// 0
    Zeros,
    /// 1
    Ones,
    /// The given number.
    Constant(f32),
    /// Uniform in `±sqrt(6 / (fan_in + fan_out))` (Glorot and Bengio 2010): Keras' default.
    GlorotUniform,
    /// Truncated normal of variance `2 / (fan_in + fan_out)`.
    GlorotNormal,
    /// Uniform in `±sqrt(6 / fan_in)` (He et al. 2015).
    HeUniform,
    /// Truncated normal of variance `2 / fan_in`.
    HeNormal,
    /// Uniform in `±sqrt(3 / fan_in)` (LeCun et al. 1998).
    LecunUniform,
    /// Truncated normal of variance `1 / fan_in`.
    LecunNormal,
    /// Uniform in `±limit`.
    Uniform(f32),
    /// Normal with mean 0 and this standard deviation.
    Normal(f32),
    /// Normal with mean 0 and this standard deviation, drawn again where beyond two of them.
    TruncatedNormal(f32),
    /// Rows or columns (whichever are fewer) at right angles and of this length, of the weight seen as a matrix
    /// `[fan_in, values / fan_in]` (Saxe et al. 2014).
    Orthogonal(f32),
}

/// Standard deviation of the normal distribution cut off at two standard deviations.
const TRUNCATED_DEVIATION: f64 = 0.879_625_661_034_239_8;

/// The fans of a weight, as Keras computes them: `(fan_in, fan_out)`.
///
/// For a kernel `[.., inputs, outputs]` they are the receptive field (the product of the first axes) times inputs and
/// outputs; for a vector both are its length.
pub const fn fans(shape: &[usize]) -> (usize, usize) {
    match shape {
        [] => (1, 1),
        [length] => (*length, *length),
        [field @ .., inputs, outputs] => {
            let (mut receptive, mut axis) = (1, 0);
            while axis < field.len() {
                receptive *= field[axis];
                axis += 1;
            }
            (receptive * *inputs, receptive * *outputs)
        }
    }
}

/// Fills `values` by `init`, from the random stream of (`seed`, `name`).
///
/// # Panics
/// For [`Init::Orthogonal`], if `fan_in` doesn't divide the number of values.
pub fn fill(init: Init, fan_in: usize, fan_out: usize, seed: u64, name: &str, values: &mut [f32]) {
    let mut stream = Stream::new(seed, name);
    let (fan_in, fan_out) = (fan_in.max(1) as f64, fan_out.max(1) as f64);
    match init {
        Init::Zeros => values.fill(0.0),
        Init::Ones => values.fill(1.0),
        Init::Constant(value) => values.fill(value),
        Init::GlorotUniform => stream.fill_uniform((6.0 / (fan_in + fan_out)).sqrt(), values),
        Init::HeUniform => stream.fill_uniform((6.0 / fan_in).sqrt(), values),
        Init::LecunUniform => stream.fill_uniform((3.0 / fan_in).sqrt(), values),
        Init::Uniform(limit) => stream.fill_uniform(f64::from(limit), values),
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
        Init::Orthogonal(gain) => orthogonal(gain, fan_in as usize, &mut stream, values),
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
fn orthogonal(gain: f32, rows: usize, stream: &mut Stream, values: &mut [f32]) {
    assert_eq!(
        values.len() % rows,
        0,
        "an orthogonal weight must have fan_in rows"
    );
    let columns = values.len() / rows;
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

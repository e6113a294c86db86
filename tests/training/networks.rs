//! Small networks and data for the tests of the training room.

use ndarray::Array2;
use shapeflow::data::{Classes, Dataset, TargetsView, Values};
use shapeflow::engine::Network;
use shapeflow::link::OutputSpec;
use shapeflow::losses::SparseCategoricalCrossEntropy;
use shapeflow::metrics::{Metric, MetricError};
use shapeflow::model;
use shapeflow::optimizers::Adam;
use shapeflow::training::{Fit, History};

model! {
    /// Has parameters, running statistics and dropout: everything that a checkpoint must hold.
    pub struct Small(x: [4]) -> [3] {
        x -> Dense(16, bias = false) -> BatchNorm -> Relu -> Dropout(0.25) -> Dense(3) -> Softmax
    }
}

model! {
    /// The same but for one width.
    pub struct Wider(x: [4]) -> [3] {
        x -> Dense(20, bias = false) -> BatchNorm -> Relu -> Dropout(0.25) -> Dense(3) -> Softmax
    }
}

model! {
    pub struct Line(x: [4]) -> [1] {
        x -> Dense(8) -> Relu -> Dense(1)
    }
}

model! {
    pub struct Two(a: [4], b: [2]) -> (class: [3], score: [1]) {
        let joined = (a, b) -> Concat -> Dense(12) -> Relu;
        let class = joined -> Dense(3) -> Softmax;
        let score = joined -> Dense(1);
        (class, score)
    }
}

/// A number in 0..1 that depends on `index` alone.
pub fn noise(index: usize) -> f32 {
    let mut bits = (index as u64)
        .wrapping_add(1)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits ^= bits >> 31;
    bits = bits.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits ^= bits >> 29;
    (bits >> 40) as f32 / (1 << 24) as f32
}

fn features(examples: usize, offset: usize) -> Array2<f32> {
    Array2::from_shape_fn((examples, 4), |(row, column)| {
        noise(offset + row * 4 + column) * 2.0 - 1.0
    })
}

/// Three classes, told apart by which of the first three features is the largest.
pub fn flowers(examples: usize, offset: usize) -> Dataset<Classes> {
    let inputs = features(examples, offset);
    let class = |row: ndarray::ArrayView1<'_, f32>| {
        (0..3).fold(0, |best, i| if row[i] > row[best] { i } else { best }) as u32
    };
    let classes = inputs.outer_iter().map(class).collect();
    Dataset::new(inputs, Classes(classes)).unwrap()
}

/// A run that learns [`flowers`], in batches of 10.
pub fn classifier<'a>() -> Fit<'a, SparseCategoricalCrossEntropy, Classes> {
    Fit::new(SparseCategoricalCrossEntropy::new(), Adam::new(0.05))
        .batch_size(10)
        .quiet()
}

/// One number, linear in the features.
pub fn numbers(examples: usize) -> Dataset<Values> {
    let inputs = features(examples, 0);
    let value = |row: ndarray::ArrayView1<'_, f32>| row[0] - 2.0 * row[1] + 0.5 * row[3];
    let values: Vec<f32> = inputs.outer_iter().map(value).collect();
    Dataset::new(inputs, Values::from(values)).unwrap()
}

/// The share of examples whose class has the largest prediction: a metric of one's own.
#[derive(Default)]
pub struct Hits {
    hits: usize,
    all: usize,
}

impl Metric for Hits {
    fn name(&self) -> &str {
        "hits"
    }
    fn higher_is_better(&self) -> bool {
        true
    }
    fn reset(&mut self) {
        *self = Self::default();
    }
    fn update(
        &mut self,
        output: OutputSpec,
        predictions: &[f32],
        targets: TargetsView<'_>,
    ) -> Result<(), MetricError> {
        let TargetsView::Classes(classes) = targets else {
            return Ok(());
        };
        for (row, &class) in predictions.chunks_exact(output.width).zip(classes) {
            let sum: f32 = row.iter().sum();
            assert!(
                (sum - 1.0).abs() < 1e-5,
                "predictions have passed the softmax: {row:?}"
            );
            self.hits += usize::from(row.iter().all(|value| *value <= row[class as usize]));
            self.all += 1;
        }
        Ok(())
    }
    fn value(&self) -> f64 {
        self.hits as f64 / self.all as f64
    }
}

/// The bits of all parameters and state.
pub fn bits(network: &dyn Network) -> Vec<u32> {
    let store = network.store();
    store
        .parameters()
        .iter()
        .chain(store.state())
        .map(|value| value.to_bits())
        .collect()
}

/// The figures of each epoch as bits: its number, its named figures, its learning rate.
pub type Figures = Vec<(usize, Vec<(String, u64)>, u64)>;

/// All figures of all epochs, without times.
pub fn figures(history: &History) -> Figures {
    let bits = |figures: &[(String, f64)]| {
        figures
            .iter()
            .map(|(name, value)| (name.clone(), value.to_bits()))
            .collect()
    };
    history
        .epochs()
        .iter()
        .map(|e| (e.epoch, bits(&e.figures), e.learning_rate.to_bits()))
        .collect()
}

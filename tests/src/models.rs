//! Small networks with everything that a step can hold, and numbers to run them on.

use shapeflow::data::TargetsView;
use shapeflow::engine::{Batch, EngineError, OptimizerSlots, StepReport, TrainWorkspace};
use shapeflow::losses::SparseCategoricalCrossEntropy;
use shapeflow::model;
use shapeflow::model::Model;
use shapeflow::optimizers::{Adam, Clip};

model! {
    /// Layers of one example that keep several threads busy, and late ones with large weights, whose gradients are products over
    /// the whole batch.
    pub struct LargeWeights(image: [48, 48, 8]) -> [10] {
        image
            -> Conv2d(32, 3x3, padding = same) -> Relu
            -> Conv2d(64, 3x3, stride = 4, padding = 1, bias = false) -> BatchNorm -> Relu
            -> Conv2d(128, 5x5, stride = 4) -> Relu
            -> Flatten -> Dense(512) -> Relu -> Dense(10) -> Softmax
    }
}

model! {
    /// Dense layers whose weights are larger than caches: a batch goes through them layer by layer.
    pub struct WideLayers(features: [520]) -> [10] {
        features
            -> Dense(610, bias = false) -> LayerNorm -> Relu
            -> Dense(520) -> Tanh -> Dropout(0.1)
            -> Dense(510) -> Relu -> Dense(10) -> Softmax
    }
}

model! {
    /// The CIFAR-10 network of the Keras tutorial, smaller.
    pub struct SmallCnn(image: [14, 14, 3]) -> [5] {
        image
            -> Conv2d(8, 3x3) -> Relu -> MaxPool2d(2) -> Dropout(0.25)
            -> Conv2d(12, 3x3) -> Relu -> MaxPool2d(2) -> Dropout(0.25)
            -> Flatten
            -> Dense(24) -> Relu -> Dropout(0.5)
            -> Dense(5) -> Softmax
    }
}

model! {
    block Basic<H, W, C>(x: [H, W, C]) -> [H, W, C] {
        let y = x
            -> Conv2d(C, 3x3, padding = same, bias = false) -> BatchNorm -> Relu
            -> Conv2d(C, 3x3, padding = same, bias = false) -> BatchNorm;
        (x + y) -> Relu
    }
    block Down<H, W, C>(x: [H, W, C]) -> [H / 2, W / 2, 2 * C] {
        let y = x
            -> Conv2d(2 * C, 3x3, stride = 2, padding = same, bias = false) -> BatchNorm -> Relu
            -> Conv2d(2 * C, 3x3, padding = same, bias = false) -> BatchNorm;
        let skip = x -> Conv2d(2 * C, 1x1, stride = 2, bias = false) -> BatchNorm;
        (y + skip) -> Relu
    }
    /// ResNet, smaller.
    pub struct SmallResNet(image: [14, 14, 3]) -> [5] {
        image
            -> stem: Conv2d(6, 3x3, padding = same, bias = false) -> BatchNorm -> Relu
            -> Basic -> Down -> Basic
            -> GlobalAvgPool -> Dense(5) -> Softmax
    }
}

/// `len` numbers from -1 to 1 that look random.
pub fn numbers(len: usize, seed: u64) -> Vec<f32> {
    let mut x = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5bf0_3635;
    let next = || {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        (x >> 40) as f32 / (1u32 << 23) as f32 - 1.0
    };
    std::iter::repeat_with(next).take(len).collect()
}

/// `len` class numbers below `classes`.
pub fn labels(len: usize, classes: u32) -> Vec<u32> {
    (0..len as u32).map(|i| (i * 7 + i / 3) % classes).collect()
}

/// A model with one input and one softmax output, and what training it needs.
pub struct Training<M> {
    pub model: M,
    pub workspace: TrainWorkspace,
    pub slots: OptimizerSlots,
    pub optimizer: Adam,
    pub inputs: Vec<f32>,
    pub labels: Vec<u32>,
    pub clip: Clip,
    loss: SparseCategoricalCrossEntropy,
}

impl<M: Model> Training<M> {
    /// Ready for batches of up to `batch` examples.
    pub fn new(batch: usize) -> Self {
        let optimizer = Adam::default();
        let slots = OptimizerSlots::new(M::PROGRAM, &optimizer).expect("good settings");
        let classes = M::PROGRAM.outputs[0].size() as u32;
        Self {
            model: M::with_seed(1),
            workspace: TrainWorkspace::new(M::PROGRAM, batch),
            slots,
            optimizer,
            inputs: numbers(batch * M::PROGRAM.inputs[0].size(), 2),
            labels: labels(batch, classes),
            clip: Clip::GlobalNorm(1.0),
            loss: SparseCategoricalCrossEntropy::new(),
        }
    }

    /// A step on the first `examples` examples.
    pub fn step(&mut self, examples: usize) -> Result<StepReport, EngineError> {
        self.workspace.step(
            &mut self.model,
            &Batch {
                inputs: &[&self.inputs[..examples * M::PROGRAM.inputs[0].size()]],
                targets: &[TargetsView::Classes(&self.labels[..examples])],
                examples,
            },
            &[&self.loss],
            &self.optimizer,
            &mut self.slots,
            1e-3,
            self.clip,
            5,
        )
    }

    /// Every number that training changes, as bits.
    pub fn bits(&self) -> Vec<u32> {
        let store = self.model.store();
        let slots = self.slots.vectors().flatten();
        let all = store.parameters().iter().chain(store.state()).chain(slots);
        all.map(|x| x.to_bits()).collect()
    }
}

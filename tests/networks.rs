//! Whole networks against PyTorch: values, losses, every gradient, running statistics and inference.
//!
//! The values come from `tests/golden/networks.py`, where the same networks stand in PyTorch.

use shapeflow::losses::{
    BinaryCrossEntropy, CategoricalCrossEntropy, Huber, MeanAbsoluteError, MeanSquaredError,
    SparseCategoricalCrossEntropy,
};
use shapeflow::model;
use shapeflow_tests::golden::check;

model! {
    /// Convolutions, pooling and dense layers in a row.
    pub struct Chain(image: [9, 8, 3]) -> [4] {
        image
            -> Conv2d(5, 3x3) -> Relu -> MaxPool2d(2)
            -> Conv2d(20, 2x2) -> Relu
            -> Flatten -> Dense(18) -> Tanh -> Dense(4) -> Softmax
    }
}

#[test]
fn chain() {
    check::<Chain>("chain", &[&SparseCategoricalCrossEntropy::new()]);
}

model! {
    block Basic<H, W, C>(x: [H, W, C]) -> [H, W, C] {
        let y = x
            -> Conv2d(C, 3x3, padding = same, bias = false) -> BatchNorm(momentum = 0.9) -> Relu
            -> Conv2d(C, 3x3, padding = same, bias = false) -> BatchNorm(momentum = 0.9);
        (x + y) -> Relu
    }
    block Down<H, W, C>(x: [H, W, C]) -> [(H + 1) / 2, (W + 1) / 2, 2 * C] {
        let y = x
            -> Conv2d(2 * C, 3x3, stride = 2, padding = same, bias = false) -> BatchNorm(momentum = 0.9) -> Relu
            -> Conv2d(2 * C, 3x3, padding = same, bias = false) -> BatchNorm(momentum = 0.9);
        let skip = x -> Conv2d(2 * C, 1x1, stride = 2, bias = false) -> BatchNorm(momentum = 0.9);
        (y + skip) -> Relu
    }
    /// Residual blocks with BatchNorm, on pictures of odd sizes.
    pub struct Residual(image: [9, 7, 3]) -> [5] {
        image
            -> stem: Conv2d(4, 3x3, padding = same, bias = false) -> BatchNorm -> Relu
            -> [Basic; 2] -> Down -> Basic
            -> GlobalAvgPool -> Dense(5) -> Softmax
    }
}

#[test]
fn residual() {
    check::<Residual>("residual", &[&SparseCategoricalCrossEntropy::new()]);
}

model! {
    /// Strides, dilation, groups, depthwise, padding of every kind, pools with padding.
    pub struct Windows(image: [13, 10, 4]) -> [3] {
        image
            -> Conv2d(8, 3x3, stride = 2, padding = same) -> LeakyRelu(0.1)
            -> Conv2d(12, 3x2, dilation = 2x1, groups = 2, padding = same) -> Relu
            -> Conv2d(24, 3x3, padding = [[1, 0], [2, 1]], depthwise)
            -> MaxPool2d(3, stride = 2, padding = 1)
            -> Conv2d(9, 3x3, padding = 1, groups = 3, bias = false) -> Elu
            -> AvgPool2d(2x3, stride = 1, padding = same)
            -> GlobalMaxPool -> Dense(3) -> LogSoftmax
    }
}

#[test]
fn windows() {
    check::<Windows>("windows", &[&CategoricalCrossEntropy::new()]);
}

model! {
    /// Branches that meet in `Concat`, `*`, `-` and `+`, with broadcasting along several axes.
    pub struct Branches(x: [6, 7, 4]) -> [3] {
        let a = x -> Conv2d(6, 1x1) -> Relu;
        let b = x -> Conv2d(6, 3x3, padding = same);
        let gate = a -> GlobalAvgPool -> Dense(6) -> Sigmoid;
        let row = x -> GlobalMaxPool -> Dense(7) -> Reshape([1, 7, 1]);
        let mixed = (a * gate - b) * row + 0.5 * a;
        let top = (mixed, 1.0 - x) -> Concat(axis = -1);
        (top, top * top) -> Concat(axis = 0) -> GlobalAvgPool -> Dense(3) -> Softmax
    }
}

#[test]
fn branches() {
    check::<Branches>("branches", &[&SparseCategoricalCrossEntropy::new()]);
}

model! {
    /// Two inputs and two losses; the first output also feeds the second.
    pub struct Two(a: [10], image: [5, 6, 2]) -> (score: [2], class: [3]) {
        let picture = image -> Conv2d(5, 3x3) -> Relu -> Flatten;
        let h = a -> Dense(12) -> Tanh;
        let score = (h, picture) -> Concat -> Dense(2);
        let class = (score, h * h) -> Concat(axis = 0) -> Dense(3) -> Softmax;
        (score, class)
    }
}

#[test]
fn two_inputs_and_outputs() {
    check::<Two>(
        "two",
        &[&MeanSquaredError, &SparseCategoricalCrossEntropy::new()],
    );
}

model! {
    /// Layers applied twice, with one set of weights.
    pub struct Twins(a: [9], b: [9]) -> [9] {
        let embed = Dense(9) -> Relu -> Dense(9);
        let last = Dense(9);
        let norm = LayerNorm;
        let d = (a -> embed) - (b -> embed);
        let y = d -> norm -> last -> Tanh;
        ((y -> last -> Tanh) + a) -> norm
    }
}

#[test]
fn shared_layers() {
    check::<Twins>("twins", &[&Huber::new(0.8)]);
}

model! {
    /// A convolution and a BatchNorm applied twice: its running statistics move twice in a step.
    pub struct SharedNorm(x: [5, 6, 3]) -> [2] {
        let turn = Conv2d(3, 3x3, padding = same, bias = false) -> BatchNorm(momentum = 0.8) -> Relu;
        let y = x -> turn;
        ((y -> turn) + y + x) -> GlobalAvgPool -> Dense(2)
    }
}

#[test]
fn shared_batch_norm() {
    check::<SharedNorm>("shared_norm", &[&MeanSquaredError]);
}

model! {
    /// Padding, enlarging, shrinking and moving axes.
    pub struct Shapes(x: [6, 5, 2]) -> [2, 3] {
        x
            -> Conv2d(4, 3x3) -> Relu
            -> Pad([[1, 0], [2, 1]])
            -> Upsample2d(2) -> Conv2d(6, 2x2, stride = 2)
            -> Upsample2d(2x3, mode = bilinear) -> AvgPool2d(3, stride = 2, padding = 1)
            -> Conv2d(2, 1x1) -> Sigmoid
            -> Permute([2, 0, 1]) -> Reshape([2, -1]) -> Dense(3) -> Sigmoid
    }
}

#[test]
fn shapes() {
    check::<Shapes>("shapes", &[&BinaryCrossEntropy::new()]);
}

model! {
    /// Dense layers with BatchNorm, on a batch of many chunks.
    pub struct Table(x: [20]) -> [3] {
        x
            -> Dense(33, bias = false) -> BatchNorm(momentum = 0.5, epsilon = 1e-5) -> LeakyRelu(0.2)
            -> Dense(17, bias = false) -> BatchNorm -> Gelu
            -> BatchNorm -> Dense(3)
    }
}

#[test]
fn table() {
    check::<Table>("table", &[&MeanAbsoluteError]);
}

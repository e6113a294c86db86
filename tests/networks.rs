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
    /// Transposed convolutions, to a plain picture.
    pub struct Transposed(image: [4, 3, 3]) -> [18, 13, 1] {
        image
            -> ConvTranspose2d(6, 3x3, stride = 2, padding = 1, output_padding = 1) -> Silu
            -> ConvTranspose2d(4, 2x2, stride = 2, groups = 2) -> Relu
            -> ConvTranspose2d(3, 3x2)
            -> Conv2d(1, 1x1)
    }
}

#[test]
fn transposed() {
    check::<Transposed>("transposed", &[&MeanSquaredError]);
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
    /// LayerNorm and GroupNorm.
    pub struct Norms(x: [8, 7, 3]) -> [2] {
        x
            -> Conv2d(8, 3x3) -> GroupNorm(4) -> Gelu -> LayerNorm(epsilon = 1e-5)
            -> Conv2d(6, 3x3) -> Gelu(approximate = tanh) -> GroupNorm(3, epsilon = 1e-5)
            -> GlobalAvgPool -> LayerNorm -> Dense(2)
    }
}

#[test]
fn norms() {
    check::<Norms>("norms", &[&MeanAbsoluteError]);
}

model! {
    /// Every activation three times: after a scale, in the last pass of a `Dense`, and after a sum.
    pub struct Activations(x: [6]) -> [3] {
        let apart = (2.0 * (x -> Dense(6)) -> Relu)
            + (2.0 * (x -> Dense(6)) -> Relu6)
            + (2.0 * (x -> Dense(6)) -> LeakyRelu(0.05))
            + (2.0 * (x -> Dense(6)) -> Elu(0.7))
            + (2.0 * (x -> Dense(6)) -> Gelu)
            + (2.0 * (x -> Dense(6)) -> Gelu(approximate = tanh))
            + (2.0 * (x -> Dense(6)) -> Silu)
            + (2.0 * (x -> Dense(6)) -> Mish)
            + (2.0 * (x -> Dense(6)) -> HardSwish)
            + (2.0 * (x -> Dense(6)) -> Sigmoid)
            + (2.0 * (x -> Dense(6)) -> Tanh)
            + (2.0 * (x -> Dense(6)) -> Softplus);
        let taken = (x -> Dense(6) -> Relu)
            + (x -> Dense(6) -> Relu6)
            + (x -> Dense(6) -> LeakyRelu(0.05))
            + (x -> Dense(6) -> Elu(0.7))
            + (x -> Dense(6) -> Gelu)
            + (x -> Dense(6) -> Gelu(approximate = tanh))
            + (x -> Dense(6) -> Silu)
            + (x -> Dense(6) -> Mish)
            + (x -> Dense(6) -> HardSwish)
            + (x -> Dense(6) -> Sigmoid)
            + (x -> Dense(6) -> Tanh)
            + (x -> Dense(6) -> Softplus);
        let h1 = (apart - taken + x) -> Relu;
        let h2 = (h1 + x) -> Relu6;
        let h3 = (h2 + x) -> LeakyRelu(0.05);
        let h4 = (h3 + x) -> Elu(0.7);
        let h5 = (h4 + x) -> Gelu;
        let h6 = (h5 + x) -> Gelu(approximate = tanh);
        let h7 = (h6 + x) -> Silu;
        let h8 = (h7 + x) -> Mish;
        let h9 = (h8 + x) -> HardSwish;
        let h10 = (h9 + x) -> Sigmoid;
        let h11 = (h10 + x) -> Tanh;
        (h11 + x) -> Softplus -> Dense(3)
    }
}

#[test]
fn activations() {
    check::<Activations>("activations", &[&MeanSquaredError]);
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
    /// Softmax and LogSoftmax in the middle of a network.
    pub struct Middle(x: [7]) -> [4] {
        let weights = x -> Dense(7) -> Softmax;
        let logs = x -> Dense(7) -> LogSoftmax;
        let h = weights * logs - x;
        (h -> Softmax) * weights -> Dense(4) -> Sigmoid
    }
}

#[test]
fn softmax_in_the_middle() {
    check::<Middle>("middle", &[&BinaryCrossEntropy::new()]);
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
    check::<Table>("table", &[&MeanSquaredError]);
}

//! The networks of the benchmark.

use shapeflow::model;

model! {
    /// The CIFAR-10 network of the Keras tutorial.
    pub struct CifarCnn(image: [32, 32, 3]) -> [10] {
        image
            -> Conv2d(32, 3x3) -> Relu -> MaxPool2d(2) -> Dropout(0.25)
            -> Conv2d(64, 3x3) -> Relu -> MaxPool2d(2) -> Dropout(0.25)
            -> Flatten
            -> Dense(128) -> Relu -> Dropout(0.5)
            -> Dense(10) -> Softmax
    }
}

model! {
    /// A multilayer perceptron on pictures of 28 by 28.
    pub struct Mlp(pixels: [784]) -> [10] {
        pixels -> Dense(256) -> Relu -> Dense(128) -> Relu -> Dense(10) -> Softmax
    }
}

model! {
    /// He et al. 2015, the ResNet-20 for CIFAR-10.
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
    pub struct ResNet20(image: [32, 32, 3]) -> [10] {
        image
            -> stem: Conv2d(16, 3x3, padding = same, bias = false) -> BatchNorm -> Relu
            -> [Basic; 3] -> Down -> [Basic; 2] -> Down -> [Basic; 2]
            -> GlobalAvgPool -> Dense(10) -> Softmax
    }
}

model! {
    /// A small network for control or tables.
    pub struct Tiny(state: [16]) -> [4] {
        state -> Dense(32) -> Tanh -> Dense(32) -> Tanh -> Dense(4)
    }
}

//! The networks of the benchmark.

use shapeflow::model;

mod resnet50 {
    use shapeflow::prelude::Model;

    include!("../models/resnet50.rs");
}

mod vgg16 {
    use shapeflow::prelude::Model;

    include!("../models/vgg16.rs");
}

pub use resnet50::ResNet50;
pub use vgg16::Vgg16;

mod resnet50_recomputed {
    use shapeflow::prelude::Model;

    include!("../models/resnet50_recomputed.rs");
}

pub use resnet50_recomputed::ResNet50Recomputed;

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

model! {
    /// Five dense layers, 14.7 million parameters: what counts is how fast weights are read and updated.
    pub struct Wide(features: [1024]) -> [10] {
        features -> [Dense(2048) -> Relu; 4] -> Dense(10) -> Softmax
    }
}

model! {
    /// Sandler et al. 2018: a 1x1 convolution up, a depthwise one, a 1x1 convolution down without an activation.
    block Inverted<H, W, C>(x: [H, W, C], filters: usize, expand: usize = 6, stride: usize = 1)
        -> [H / stride, W / stride, filters]
    {
        x
            -> Conv2d(expand * C, 1x1, bias = false) -> BatchNorm -> Relu6
            -> Conv2d(expand * C, 3x3, stride = stride, padding = 1, depthwise, bias = false) -> BatchNorm -> Relu6
            -> Conv2d(filters, 1x1, bias = false) -> BatchNorm
    }
    /// The same with its input added.
    block Residual<H, W, C>(x: [H, W, C]) -> [H, W, C] {
        x + (x -> Inverted(C))
    }
    /// MobileNetV2 (Sandler et al. 2018) as torchvision's `mobilenet_v2`, without dropout.
    pub struct MobileNetV2(image: [224, 224, 3]) -> [1000] {
        image
            -> Conv2d(32, 3x3, stride = 2, padding = 1, bias = false) -> BatchNorm -> Relu6
            -> Conv2d(32, 3x3, padding = 1, depthwise, bias = false) -> BatchNorm -> Relu6
            -> Conv2d(16, 1x1, bias = false) -> BatchNorm
            -> Inverted(24, stride = 2) -> Residual
            -> Inverted(32, stride = 2) -> [Residual; 2]
            -> Inverted(64, stride = 2) -> [Residual; 3]
            -> Inverted(96) -> [Residual; 2]
            -> Inverted(160, stride = 2) -> [Residual; 2]
            -> Inverted(320)
            -> Conv2d(1280, 1x1, bias = false) -> BatchNorm -> Relu6
            -> GlobalAvgPool -> Dense(1000) -> Softmax
    }
}

model! {
    /// Two 3x3 convolutions.
    block Double<H, W, C>(x: [H, W, C], filters: usize) -> [H, W, filters] {
        x
            -> Conv2d(filters, 3x3, padding = same, bias = false) -> BatchNorm -> Relu
            -> Conv2d(filters, 3x3, padding = same, bias = false) -> BatchNorm -> Relu
    }
    /// An encoder and a decoder on 128 by 128 with skips, as Ronneberger et al. 2015 (U-Net), a quarter as wide: a class for each pixel.
    pub struct UNet(image: [128, 128, 3]) -> [128, 128, 4] {
        let a = image -> Double(16);
        let b = a -> MaxPool2d(2) -> Double(32);
        let c = b -> MaxPool2d(2) -> Double(64);
        let d = c -> MaxPool2d(2) -> Double(128);
        let c = (d -> ConvTranspose2d(64, 2x2, stride = 2), c) -> Concat(axis = -1) -> Double(64);
        let b = (c -> ConvTranspose2d(32, 2x2, stride = 2), b) -> Concat(axis = -1) -> Double(32);
        let a = (b -> ConvTranspose2d(16, 2x2, stride = 2), a) -> Concat(axis = -1) -> Double(16);
        a -> Conv2d(4, 1x1) -> Softmax
    }
}

model! {
    /// Dense layers for tables: norms, dropout and two classes.
    pub struct Table(features: [64]) -> [2] {
        features
            -> Dense(256, bias = false) -> BatchNorm -> Relu -> Dropout(0.2)
            -> Dense(256, bias = false) -> BatchNorm -> Relu -> Dropout(0.2)
            -> Dense(128, bias = false) -> BatchNorm -> Relu -> Dropout(0.2)
            -> Dense(2) -> Softmax
    }
}

model! {
    /// Pictures of 64 by 64 to a code of 128 numbers and back, by strided and transposed convolutions of 4x4.
    pub struct Autoencoder(image: [64, 64, 3]) -> [64, 64, 3] {
        image
            -> Conv2d(32, 4x4, stride = 2, padding = 1) -> Relu
            -> Conv2d(64, 4x4, stride = 2, padding = 1) -> Relu
            -> Conv2d(128, 4x4, stride = 2, padding = 1) -> Relu
            -> Flatten -> Dense(128)
            -> Dense(8 * 8 * 128) -> Relu -> Reshape([8, 8, 128])
            -> ConvTranspose2d(64, 4x4, stride = 2, padding = 1) -> Relu
            -> ConvTranspose2d(32, 4x4, stride = 2, padding = 1) -> Relu
            -> ConvTranspose2d(3, 4x4, stride = 2, padding = 1)
    }
}

model! {
    /// Liu et al. 2022: depthwise 7x7, a norm of each position, four times as many channels and back, added to the input.
    block Mixer<H, W, C>(x: [H, W, C]) -> [H, W, C] {
        let y = x
            -> Conv2d(C, 7x7, padding = same, depthwise) -> LayerNorm(epsilon = 1e-6)
            -> Conv2d(4 * C, 1x1) -> Gelu -> Conv2d(C, 1x1);
        x + y
    }
    /// Half as many rows and columns, twice the channels.
    block Halve<H, W, C>(x: [H, W, C]) -> [H / 2, W / 2, 2 * C] {
        x -> LayerNorm(epsilon = 1e-6) -> Conv2d(2 * C, 2x2, stride = 2)
    }
    /// ConvNeXt (Liu et al. 2022) as timm's `convnext_atto` on 64 by 64 with ten classes, without the scales of layers.
    pub struct ConvNext(image: [64, 64, 3]) -> [10] {
        image
            -> Conv2d(40, 4x4, stride = 4) -> LayerNorm(epsilon = 1e-6)
            -> [Mixer; 2] -> Halve -> [Mixer; 2] -> Halve -> [Mixer; 6] -> Halve -> [Mixer; 2]
            -> GlobalAvgPool -> LayerNorm(epsilon = 1e-6) -> Dense(10) -> Softmax
    }
}

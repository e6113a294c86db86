shapeflow::model! {
    const CLASSES: usize = 10;

    block Basic<H, W, C>(x: [H, W, C], rate: f32 = 0.1) -> [H, W, C] {
        let y = x -> Conv2d(C, 3x3, padding = same, bias = false) -> BatchNorm -> Relu -> Dropout(rate);
        (x + y) -> Relu
    }

    /// A small residual network.
    pub struct ResNet(image: [32, 32, 3]) -> [CLASSES] {
        image
            -> stem: Conv2d(16, 3x3, padding = same) -> Relu
            -> [Basic(rate = 0.2); 3]
            -> GlobalAvgPool -> Dense(CLASSES) -> Softmax
    }
}

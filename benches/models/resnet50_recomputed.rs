shapeflow::model! {
    /// A bottleneck: 1x1 down to `width`, 3x3, 1x1 up to four times as many.
    block Bottleneck<H, W, C>(x: [H, W, C]) -> [H, W, C] {
        let y = x
            -> Conv2d(C / 4, 1x1, bias = false) -> BatchNorm -> Relu
            -> Conv2d(C / 4, 3x3, padding = same, bias = false) -> BatchNorm -> Relu
            -> Conv2d(C, 1x1, bias = false) -> BatchNorm;
        (x + y) -> Relu
    }
    /// The first of a stage: the skip is a 1x1 convolution; the stride is at the 3x3 (v1.5).
    block First<H, W, C>(x: [H, W, C], width: usize, stride: usize = 2) -> [H / stride, W / stride, 4 * width] {
        let y = x
            -> Conv2d(width, 1x1, bias = false) -> BatchNorm -> Relu
            -> Conv2d(width, 3x3, stride = stride, padding = 1, bias = false) -> BatchNorm -> Relu
            -> Conv2d(4 * width, 1x1, bias = false) -> BatchNorm;
        let skip = x -> Conv2d(4 * width, 1x1, stride = stride, bias = false) -> BatchNorm;
        (y + skip) -> Relu
    }
    /// `ResNet50` with every block recomputed.
    pub struct ResNet50Recomputed(image: [224, 224, 3]) -> [1000] {
        image
            -> Conv2d(64, 7x7, stride = 2, padding = 3, bias = false) -> BatchNorm -> Relu
            -> MaxPool2d(3, stride = 2, padding = 1)
            -> First(64, stride = 1, recompute) -> [Bottleneck(recompute); 2]
            -> First(128, recompute) -> [Bottleneck(recompute); 3]
            -> First(256, recompute) -> [Bottleneck(recompute); 5]
            -> First(512, recompute) -> [Bottleneck(recompute); 2]
            -> GlobalAvgPool -> Dense(1000) -> Softmax
    }
}
const _: () = assert!(ResNet50Recomputed::PARAMETERS == 25_557_032);

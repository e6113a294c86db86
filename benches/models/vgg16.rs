shapeflow::model! {
    /// Simonyan and Zisserman 2014, configuration D, as torchvision's `vgg16`.
    pub struct Vgg16(image: [224, 224, 3]) -> [1000] {
        image
            -> Conv2d(64, 3x3, padding = same) -> Relu
            -> Conv2d(64, 3x3, padding = same) -> Relu
            -> MaxPool2d(2)
            -> Conv2d(128, 3x3, padding = same) -> Relu
            -> Conv2d(128, 3x3, padding = same) -> Relu
            -> MaxPool2d(2)
            -> Conv2d(256, 3x3, padding = same) -> Relu
            -> Conv2d(256, 3x3, padding = same) -> Relu
            -> Conv2d(256, 3x3, padding = same) -> Relu
            -> MaxPool2d(2)
            -> Conv2d(512, 3x3, padding = same) -> Relu
            -> Conv2d(512, 3x3, padding = same) -> Relu
            -> Conv2d(512, 3x3, padding = same) -> Relu
            -> MaxPool2d(2)
            -> Conv2d(512, 3x3, padding = same) -> Relu
            -> Conv2d(512, 3x3, padding = same) -> Relu
            -> Conv2d(512, 3x3, padding = same) -> Relu
            -> MaxPool2d(2)
            -> Flatten
            -> Dense(4096) -> Relu -> Dropout(0.5)
            -> Dense(4096) -> Relu -> Dropout(0.5)
            -> Dense(1000) -> Softmax
    }
}
const _: () = assert!(Vgg16::PARAMETERS == 138_357_544);

shapeflow::model! {
    pub struct WrongShape(image: [28, 28, 1]) -> [10] {
        image
            -> Conv2d(32, 3x3) -> Relu
            -> MaxPool2d(2)
            -> Conv2d(32, 3x3, pad)
            -> Dense(10) -> Softmax
    }
}

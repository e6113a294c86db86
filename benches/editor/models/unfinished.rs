shapeflow::model! {
    pub struct Unfinished(image: [28, 28, 1]) -> [10] {
        image
            -> Conv2d(32, 3x3) -> Relu
            -> MaxPool2d(2)
            -> Con
            -> Flatten -> Dense(10) -> Softmax
    }
}

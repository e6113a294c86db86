use shapeflow::prelude::*;

model! {
    pub struct Digits(image: [28, 28, 1]) -> [10] {
        image
            -> Conv2d(32, 3x3) -> Relu -> MaxPool2d(2)
            -> Flatten
            -> Dense(128) -> Relu -> Dropout(0.5)
            -> Dense(10) -> Softmax
    }
}

fn main() {}

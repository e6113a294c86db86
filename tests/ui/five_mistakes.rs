use shapeflow::prelude::*;

model! {
    pub struct Net(image: [28, 28, 1]) -> [10] {
        image
            -> Conv2D(8, 3x3, padding = same)
            -> MaxPool2d(2, strides = 2)
            -> Dropout(25)
            -> Dense(10)
            -> Dense(12)
    }
}

fn main() {}

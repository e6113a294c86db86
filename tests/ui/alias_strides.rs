use shapeflow::prelude::*;

model! {
    pub struct Net(image: [28, 28, 1]) -> [10] {
        image -> Conv2d(8, 3x3, strides = 2) -> Flatten -> Dense(10)
    }
}

fn main() {}

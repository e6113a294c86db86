use shapeflow::prelude::*;

model! {
    pub struct Net(image: [32, 32, 3]) -> [10] {
        image
            -> Conv2d(32, (3, 3), activation = "relu")
            -> MaxPooling2D(2)
            -> Flatten
            -> Dense(10, activation = "softmax")
    }
}

fn main() {}

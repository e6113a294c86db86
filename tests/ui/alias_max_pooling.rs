use shapeflow::prelude::*;

model! {
    pub struct Net(image: [28, 28, 1]) -> [10] {
        image -> MaxPooling2D(2) -> Flatten -> Dense(10)
    }
}

fn main() {}

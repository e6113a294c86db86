use shapeflow::prelude::*;

model! {
    pub struct Net(image: [32, 32, 3]) -> [2] {
        image -> MaxPool2d(2, 2) -> Flatten -> Dense(2)
    }
}

fn main() {}

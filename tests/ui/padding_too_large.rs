use shapeflow::prelude::*;

model! {
    pub struct Net(image: [8, 8, 4]) -> [2] {
        image -> MaxPool2d(2, padding = 2) -> Flatten -> Dense(2)
    }
}

fn main() {}

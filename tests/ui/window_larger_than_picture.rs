use shapeflow::prelude::*;

model! {
    pub struct Net(image: [4, 4, 3]) -> [2] {
        image -> MaxPool2d(8) -> Flatten -> Dense(2)
    }
}

fn main() {}

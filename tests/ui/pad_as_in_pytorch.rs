use shapeflow::prelude::*;

model! {
    pub struct Net(image: [32, 32, 3]) -> [2] {
        image -> Pad([0, 1, 2, 3]) -> Flatten -> Dense(2)
    }
}

fn main() {}

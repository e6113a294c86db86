use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [2] {
        features -> Reshape(2, 2, 1) -> Flatten -> Dense(2)
    }
}

fn main() {}

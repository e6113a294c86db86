use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [2] {
        features -> 128 -> Dense(2)
    }
}

fn main() {}

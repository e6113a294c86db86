use shapeflow::prelude::*;

model! {
    pub struct Net(features: [8]) -> [2] {
        features * 1e40 -> Dense(2)
    }
}

fn main() {}

use shapeflow::prelude::*;

model! {
    pub struct Net(features: [0]) -> [2] {
        features -> Dense(2)
    }
}

fn main() {}

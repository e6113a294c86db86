use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [2] {
        features -> Dense(99999999999999999999)
    }
}

fn main() {}

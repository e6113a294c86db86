use shapeflow::prelude::*;

const UNITS: usize = 1 << 40;

model! {
    pub struct Net(features: [8]) -> [2] {
        features -> Dense(UNITS) -> Relu -> Dense(2)
    }
}

fn main() {}

use shapeflow::prelude::*;

const UNITS: usize = 1 << 62;

model! {
    pub struct Net(features: [8]) -> [2] {
        features -> Dense(2 * UNITS + 1) -> Relu -> Dense(2)
    }
}

fn main() {}

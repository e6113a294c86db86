use shapeflow::prelude::*;

const BIAS: bool = false;

model! {
    pub struct Net(features: [4]) -> [2] {
        features -> Dense(2, bias = BIAS)
    }
}

fn main() {}

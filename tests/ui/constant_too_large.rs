use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [2] {
        features -> Dense(2, bias_init = constant(1e39))
    }
}

fn main() {}

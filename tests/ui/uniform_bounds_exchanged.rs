use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [2] {
        features -> Dense(2, init = uniform(0.1, -0.1))
    }
}

fn main() {}

use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [2] {
        features -> Dense(2, init = truncated_normal(0))
    }
}

fn main() {}

use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [2] {
        features -> LeakyRelu(negative_slope = 0.2) -> Dense(2)
    }
}

fn main() {}

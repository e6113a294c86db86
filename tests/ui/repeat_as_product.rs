use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [2] {
        features -> 3 * (Dense(4) -> Relu) -> Dense(2)
    }
}

fn main() {}

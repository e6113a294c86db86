use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [10] {
        features -> Dense(8) -> Relu -> Dense(12)
    }
}

fn main() {}

use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [2] {
        -> Dense(8) -> Relu -> Dense(2)
    }
}

fn main() {}

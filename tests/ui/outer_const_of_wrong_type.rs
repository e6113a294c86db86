use shapeflow::prelude::*;

const HIDDEN: i32 = 64;

model! {
    pub struct Net(features: [4]) -> [2] {
        features -> Dense(HIDDEN) -> Relu -> Dense(2)
    }
}

fn main() {}

use shapeflow::prelude::*;

const HIDDEN: usize = 0;

model! {
    pub struct Net(features: [4]) -> [10] {
        features -> Dense(HIDDEN) -> Relu -> Dense(10)
    }
}

fn main() {}

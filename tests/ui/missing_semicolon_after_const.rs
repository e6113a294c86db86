use shapeflow::prelude::*;

model! {
    const HIDDEN: usize = 8
    pub struct Net(features: [4]) -> [2] {
        features -> Dense(HIDDEN) -> Relu -> Dense(2)
    }
}

fn main() {}

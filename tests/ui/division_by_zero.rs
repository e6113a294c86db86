use shapeflow::prelude::*;

model! {
    const NONE: usize = 0;
    pub struct Net(features: [4]) -> [2] {
        features -> Dense(8 / NONE) -> Dense(2)
    }
}

fn main() {}

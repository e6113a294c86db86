use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [2] {
        features -> Dense(-8) -> Dense(2)
    }
}

fn main() {}

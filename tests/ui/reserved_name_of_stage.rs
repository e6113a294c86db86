use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [2] {
        features -> type: Dense(2)
    }
}

fn main() {}

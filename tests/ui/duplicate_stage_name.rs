use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [2] {
        features -> head: Dense(2) -> head: Dense(2)
    }
}

fn main() {}

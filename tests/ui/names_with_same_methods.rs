use shapeflow::prelude::*;

model! {
    block Head<C>(x: [C]) -> [2] {
        x -> Dense(2)
    }
    pub struct Net(features: [4]) -> [2] {
        features -> head: Head -> head_dense1: Dense(2)
    }
}

fn main() {}

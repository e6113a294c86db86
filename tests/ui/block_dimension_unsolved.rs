use shapeflow::prelude::*;

model! {
    block Wide<C, D>(x: [C]) -> [D] {
        x -> Dense(D)
    }
    pub struct Net(features: [4]) -> [8] {
        features -> Wide
    }
}

fn main() {}

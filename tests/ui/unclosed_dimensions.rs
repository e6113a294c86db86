use shapeflow::prelude::*;

model! {
    block Wide<C(x: [C]) -> [2 * C] {
        x -> Dense(2 * C)
    }
    pub struct Net(features: [4]) -> [8] {
        features -> Wide
    }
}

fn main() {}

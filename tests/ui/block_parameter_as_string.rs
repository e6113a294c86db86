use shapeflow::prelude::*;

model! {
    block Wide<C>(x: [C], factor: usize) -> [factor * C] {
        x -> Dense(factor * C)
    }
    pub struct Net(features: [4]) -> [8] {
        features -> Wide("2")
    }
}

fn main() {}

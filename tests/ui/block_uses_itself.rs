use shapeflow::prelude::*;

model! {
    block Endless<C>(x: [C]) -> [C] {
        x -> Dense(C) -> Endless
    }
    pub struct Net(features: [4]) -> [4] {
        features -> Endless
    }
}

fn main() {}

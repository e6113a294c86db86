use shapeflow::prelude::*;

model! {
    block Basic<C>(x: [C]) -> [C] {
        x -> Dense(C) -> Relu
    }
    pub struct Net(features: [4]) -> [4] {
        features -> Basik
    }
}

fn main() {}

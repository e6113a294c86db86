use shapeflow::prelude::*;

model! {
    block Mlp<C>(x: [C]) -> [C] {
        x -> Dense(C) -> Relu
    }
    pub struct Net(features: [4]) -> [2] {
        features -> Mlp<4> -> Dense(2)
    }
}

fn main() {}

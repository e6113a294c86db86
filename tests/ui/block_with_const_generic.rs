use shapeflow::prelude::*;

model! {
    block Mlp<const C: usize>(x: [C]) -> [C] {
        x -> Dense(C) -> Relu
    }
    pub struct Net(features: [4]) -> [2] {
        features -> Mlp -> Dense(2)
    }
}

fn main() {}

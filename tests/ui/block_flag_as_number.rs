use shapeflow::prelude::*;

model! {
    block Flat<C>(x: [C], bias: bool) -> [C] {
        x -> Dense(C, bias = bias)
    }
    pub struct Net(features: [4]) -> [4] {
        features -> Flat(bias = 1)
    }
}

fn main() {}

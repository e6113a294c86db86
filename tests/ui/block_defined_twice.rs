use shapeflow::prelude::*;

model! {
    block Same<C>(x: [C]) -> [C] {
        x -> Dense(C)
    }
    block Same<C>(x: [C]) -> [C] {
        x -> Relu
    }
    pub struct Net(features: [4]) -> [4] {
        features -> Same
    }
}

fn main() {}

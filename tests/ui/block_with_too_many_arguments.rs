use shapeflow::prelude::*;

model! {
    block Same<C>(x: [C]) -> [C] {
        x -> Dense(C)
    }
    pub struct Net(features: [4]) -> [4] {
        features -> Same(2)
    }
}

fn main() {}

use shapeflow::prelude::*;

model! {
    block Dense<C>(x: [C]) -> [C] {
        x -> Relu
    }
    pub struct Net(features: [4]) -> [4] {
        features -> Dense
    }
}

fn main() {}

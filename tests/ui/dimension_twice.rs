use shapeflow::prelude::*;

model! {
    block Same<C, C>(x: [C, C]) -> [C, C] {
        x -> Relu
    }
    pub struct Net(features: [4, 4]) -> [4, 4] {
        features -> Same
    }
}

fn main() {}

use shapeflow::prelude::*;

const C: usize = 7;

model! {
    block Half<C>(x: [C]) -> [C / 2] {
        x -> Dense(C / 2) -> Relu
    }
    pub struct Net(features: [C]) -> [2] {
        features -> [Half; 2] -> Dense(2)
    }
}

fn main() {}

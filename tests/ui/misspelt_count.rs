use shapeflow::prelude::*;

model! {
    block Deep<C>(x: [C], copies: usize) -> [C] {
        x -> [Dense(C) -> Relu; copeis]
    }
    pub struct Net(features: [4]) -> [4] {
        features -> Deep(3)
    }
}

fn main() {}

use shapeflow::prelude::*;

model! {
    block Half<C>(x: [C]) -> [C / 2] {
        x -> Dense(C)
    }
    pub struct Net(features: [8]) -> [4] {
        features -> Half
    }
}

fn main() {}

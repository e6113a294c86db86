use shapeflow::prelude::*;

model! {
    block Sum<C>(x: [C], y: [C]) -> [C] {
        x + y
    }
    pub struct Net(features: [4]) -> [4] {
        features -> Sum
    }
}

fn main() {}

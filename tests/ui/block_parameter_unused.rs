#![deny(warnings)]

use shapeflow::prelude::*;

model! {
    block Same<C>(x: [C], rate: f32) -> [C] {
        x -> Dense(C)
    }
    pub struct Net(features: [4]) -> [4] {
        features -> Same(0.5)
    }
}

fn main() {}

#![deny(warnings)]

use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [2] {
        features -> Dense(8) -> Relu -> Relu -> Dense(2)
    }
}

fn main() {}

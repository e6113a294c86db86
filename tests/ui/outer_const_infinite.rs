use shapeflow::prelude::*;

const SCALE: f32 = 1.0 / 0.0;

model! {
    pub struct Net(features: [8]) -> [2] {
        features * SCALE -> Dense(2)
    }
}

fn main() {}

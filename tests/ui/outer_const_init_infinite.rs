use shapeflow::prelude::*;

const DEVIATION: f32 = f32::INFINITY;

model! {
    pub struct Net(features: [8]) -> [2] {
        features -> Dense(2, init = normal(DEVIATION))
    }
}

fn main() {}

use shapeflow::prelude::*;

const DEVIATION: f32 = -0.02;

model! {
    pub struct Net(features: [4]) -> [2] {
        features -> Dense(2, init = normal(DEVIATION))
    }
}

fn main() {}

use shapeflow::prelude::*;

const EPSILON: f32 = f32::INFINITY;

model! {
    pub struct Net(features: [8]) -> [2] {
        features -> LayerNorm(epsilon = EPSILON) -> Dense(2)
    }
}

fn main() {}

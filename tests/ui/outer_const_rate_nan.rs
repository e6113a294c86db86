use shapeflow::prelude::*;

const RATE: f32 = f32::NAN;

model! {
    pub struct Net(features: [8]) -> [2] {
        features -> Dropout(RATE) -> Dense(2)
    }
}

fn main() {}

use shapeflow::prelude::*;

const RATE: f32 = 1.5;

model! {
    pub struct Net(features: [4]) -> [2] {
        features -> Dropout(RATE) -> Dense(2)
    }
}

fn main() {}

use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4], rate: f32) -> [2] {
        features -> Dropout(rate) -> Dense(2)
    }
}

fn main() {}

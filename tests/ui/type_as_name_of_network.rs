use shapeflow::prelude::*;

model! {
    pub struct f32(features: [4]) -> [2] {
        features -> Dense(8) -> Relu -> Dense(2)
    }
}

fn main() {}

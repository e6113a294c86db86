use shapeflow::prelude::*;

model! {
    const HIDDEN: f32 = 64.0;
    pub struct Net(features: [4]) -> [2] {
        features -> Dense(HIDDEN) -> Relu -> Dense(2)
    }
}

fn main() {}

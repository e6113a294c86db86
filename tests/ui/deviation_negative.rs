use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [2] {
        features -> Dense(2, init = normal(-0.02))
    }
}

fn main() {}

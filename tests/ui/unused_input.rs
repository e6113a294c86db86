use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4], extra: [3]) -> [2] {
        features -> Dense(2)
    }
}

fn main() {}

use shapeflow::prelude::*;

model! {
    pub struct Net(features: [None, 784]) -> [2] {
        features -> Dense(2)
    }
}

fn main() {}

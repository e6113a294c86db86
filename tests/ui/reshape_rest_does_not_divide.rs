use shapeflow::prelude::*;

model! {
    pub struct Net(features: [12]) -> [2] {
        features -> Reshape([5, -1]) -> Flatten -> Dense(2)
    }
}

fn main() {}

use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [2] {
        features -> nn::Linear(2)
    }
}

fn main() {}

use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [2] {
        features -> Linear(2)
    }
}

fn main() {}

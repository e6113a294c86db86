use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [2] {
        features -> dense(2)
    }
}

fn main() {}

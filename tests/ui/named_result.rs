use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> (score: [1], class: [5]) {
        (score: features -> Dense(1), features -> Dense(5))
    }
}

fn main() {}

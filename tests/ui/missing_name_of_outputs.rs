use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> ([1], [5]) {
        (features -> Dense(1), features -> Dense(5))
    }
}

fn main() {}

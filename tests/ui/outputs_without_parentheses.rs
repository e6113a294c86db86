use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [2], [5] {
        (features -> Dense(2), features -> Dense(5))
    }
}

fn main() {}

use shapeflow::prelude::*;

model! {
    pub struct Net(features: [1, 2, 3, 4, 5, 6, 7]) -> [2] {
        features -> Flatten -> Dense(2)
    }
}

fn main() {}

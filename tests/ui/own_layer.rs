use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [2] {
        features -> crate::Mine -> Dense(2)
    }
}

fn main() {}

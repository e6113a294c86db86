use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [2] where features <= 4 {
        features -> Dense(2)
    }
}

fn main() {}

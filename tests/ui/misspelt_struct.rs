use shapeflow::prelude::*;

model! {
    pub strut Net(features: [4]) -> [2] {
        features -> Dense(2)
    }
}

fn main() {}

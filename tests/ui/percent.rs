use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [2] {
        features -> Dropout(50%) -> Dense(2)
    }
}

fn main() {}

use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [4] {
        features -> [Dense(4); 0]
    }
}

fn main() {}

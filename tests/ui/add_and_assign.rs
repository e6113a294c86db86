use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [2] {
        let y = features -> Dense(4);
        y += features;
        y -> Dense(2)
    }
}

fn main() {}

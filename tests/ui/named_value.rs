use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [2] {
        let h = first: features;
        h -> Dense(2)
    }
}

fn main() {}

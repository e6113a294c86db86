use shapeflow::prelude::*;

const NAMES: [&str; 3] = ["cat", "dog", "fish"];

model! {
    pub struct Net(features: [4]) -> [3] {
        features -> Dense(NAMES.len())
    }
}

fn main() {}

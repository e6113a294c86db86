use shapeflow::prelude::*;

const HIDDEN: u32 = 8;

model! {
    pub struct Net(features: [4]) -> [2] {
        features -> Dense(HIDDEN as usize) -> Dense(2)
    }
}

fn main() {}

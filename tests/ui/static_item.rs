use shapeflow::prelude::*;

model! {
    static HIDDEN: usize = 8;
    pub struct Net(features: [4]) -> [2] {
        features -> Dense(HIDDEN) -> Dense(2)
    }
}

fn main() {}

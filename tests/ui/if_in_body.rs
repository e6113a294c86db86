use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [2] {
        let y = if true { features } else { features -> Dense(4) };
        y -> Dense(2)
    }
}

fn main() {}

use shapeflow::prelude::*;

model! {
    const WIDTH = 4;
    pub struct Net(features: [4]) -> [WIDTH] {
        features -> Dense(WIDTH)
    }
}

fn main() {}

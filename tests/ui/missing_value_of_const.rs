use shapeflow::prelude::*;

model! {
    const WIDTH: usize;
    pub struct Net(features: [4]) -> [WIDTH] {
        features -> Dense(WIDTH)
    }
}

fn main() {}

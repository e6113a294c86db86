use shapeflow::prelude::*;

model! {
    block Wide<WIDTH>(x: [WIDTH]) -> [2 * WIDTH] {
        x -> Dense(2 * WIDHT)
    }
    pub struct Net(features: [4]) -> [8] {
        features -> Wide
    }
}

fn main() {}

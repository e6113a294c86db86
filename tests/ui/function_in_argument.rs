use shapeflow::prelude::*;

const fn width(number: usize) -> usize {
    8 * number
}

model! {
    pub struct Net(features: [4]) -> [2] {
        features -> Dense(width(3)) -> Dense(2)
    }
}

fn main() {}

use shapeflow::prelude::*;

model! {
    const WIDTH: usize = 9;
    pub struct Net(features: [4]) -> [2] {
        features -> Dense(WIDTH / 2) -> Dense(2)
    }
}

fn main() {}

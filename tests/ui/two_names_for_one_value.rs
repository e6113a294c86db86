use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [2] {
        let (a, b) = features -> Dense(4);
        (a + b) -> Dense(2)
    }
}

fn main() {}

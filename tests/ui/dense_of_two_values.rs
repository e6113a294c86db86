use shapeflow::prelude::*;

model! {
    pub struct Net(a: [4], b: [4]) -> [2] {
        (a, b) -> Dense(2)
    }
}

fn main() {}

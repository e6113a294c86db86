use shapeflow::prelude::*;

model! {
    pub struct Net(a: [16], b: [4]) -> [2] {
        Concat(a, b) -> Dense(2)
    }
}

fn main() {}

use shapeflow::prelude::*;

model! {
    pub struct Net(a: [8, 8, 4], b: [6, 6, 4]) -> [2] {
        (a, b) -> Concat(axis = -1) -> GlobalAvgPool -> Dense(2)
    }
}

fn main() {}

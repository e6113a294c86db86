use shapeflow::prelude::*;

model! {
    pub struct Net(a: [8, 8, 4], b: [6, 8, 4]) -> [8, 8, 8] {
        (a, b) -> Concat(axis = -1)
    }
}

fn main() {}

use shapeflow::prelude::*;

model! {
    pub struct Net(a: [8], b: [8]) -> [16] {
        (a, b) -> Concat(axis = 2)
    }
}

fn main() {}

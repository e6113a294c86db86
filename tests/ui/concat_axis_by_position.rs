use shapeflow::prelude::*;

model! {
    pub struct Net(a: [8], b: [8]) -> [16] {
        (a, b) -> Concat(-1)
    }
}

fn main() {}

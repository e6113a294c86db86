use shapeflow::prelude::*;

model! {
    pub struct Net(a: [4], b: [5]) -> [4] {
        a * b
    }
}

fn main() {}

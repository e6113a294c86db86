use shapeflow::prelude::*;

const SIZE: usize = 5;

model! {
    pub struct Net(a: [3, 4], b: [1, SIZE]) -> [3, 4] {
        a * b
    }
}

fn main() {}

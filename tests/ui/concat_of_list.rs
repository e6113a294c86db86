use shapeflow::prelude::*;

model! {
    pub struct Net(a: [16], b: [4]) -> [2] {
        [a, b] -> Concat -> Dense(2)
    }
}

fn main() {}

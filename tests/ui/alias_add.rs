use shapeflow::prelude::*;

model! {
    pub struct Net(a: [4], b: [4]) -> [4] {
        (a, b) -> Add -> Dense(4)
    }
}

fn main() {}

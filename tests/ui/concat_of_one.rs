use shapeflow::prelude::*;

model! {
    pub struct Net(a: [8]) -> [8] {
        a -> Concat(axis = -1)
    }
}

fn main() {}

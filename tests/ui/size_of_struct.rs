use shapeflow::prelude::*;

model! {
    pub struct Net(x: [size]) -> [2] {
        x -> Dense(2)
    }
}

fn main() {}

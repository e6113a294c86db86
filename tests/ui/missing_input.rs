use shapeflow::prelude::*;

model! {
    pub struct Net() -> [2] {
        features -> Dense(2)
    }
}

fn main() {}

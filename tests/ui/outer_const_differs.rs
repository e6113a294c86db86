use shapeflow::prelude::*;

const CLASSES: usize = 12;

model! {
    pub struct Net(features: [4]) -> [10] {
        features -> Dense(8) -> Relu -> Dense(CLASSES)
    }
}

fn main() {}

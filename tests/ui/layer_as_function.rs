use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [4] {
        Relu(features)
    }
}

fn main() {}

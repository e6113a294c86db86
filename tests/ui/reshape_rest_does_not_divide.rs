use shapeflow::prelude::*;

model! {
    pub struct Net(features: [12]) -> [5, 2] {
        features -> Reshape([5, -1])
    }
}

fn main() {}

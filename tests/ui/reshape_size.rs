use shapeflow::prelude::*;

model! {
    pub struct Net(features: [12]) -> [3, 5] {
        features -> Reshape([3, 5])
    }
}

fn main() {}

use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [2] {
        let hidden = features -> Dense(8);
        relu(hidden) -> Dense(2)
    }
}

fn main() {}

use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [4] {
        let hidden = features -> Dense(4)
        hidden + features
    }
}

fn main() {}

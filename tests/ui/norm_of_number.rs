use shapeflow::prelude::*;

model! {
    pub struct Net(features: []) -> [2] {
        features -> LayerNorm -> Reshape([1]) -> Dense(2)
    }
}

fn main() {}

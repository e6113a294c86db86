use shapeflow::prelude::*;

model! {
    block Part<C>(x: [C]) -> [C] {
        x -> Dense(C) -> Relu -> Dense(C)
    }
    pub struct Net(features: [8]) -> [2] {
        let part = Part;
        features -> part(recompute) -> part -> Dense(2)
    }
}

fn main() {}

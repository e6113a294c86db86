use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [2] {
        let y = features;
        for _ in 0..3 { y = y -> Dense(4) -> Relu; }
        y -> Dense(2)
    }
}

fn main() {}

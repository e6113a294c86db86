use shapeflow::prelude::*;

const WIDE: usize = 8;

model! {
    pub struct Net(features: [6]) -> [6] {
        let wide = features -> Dense(WIDE);
        features + wide
    }
}

fn main() {}

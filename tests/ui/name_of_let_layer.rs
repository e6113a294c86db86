use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [8] {
        let wide = Dense(8);
        features -> first: wide
    }
}

fn main() {}

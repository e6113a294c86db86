use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [8] {
        let wide: [8] = Dense(8);
        features -> wide
    }
}

fn main() {}

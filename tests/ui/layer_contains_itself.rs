use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [4] {
        let wide = Dense(4) -> wide;
        features -> wide
    }
}

fn main() {}

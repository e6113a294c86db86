use shapeflow::prelude::*;

model! {
    block Noise<C>(x: [C], rate: f32 = 0.1) -> [C] {
        x + (x -> Dropout(rate))
    }
    pub struct Net(features: [4]) -> [2] {
        features -> Noise(rate = 20) -> Dense(2)
    }
}

fn main() {}

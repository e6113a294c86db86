use shapeflow::prelude::*;

model! {
    block Basic<H, W, C>(x: [H, W, C]) -> [H, W, C] {
        x -> Conv2d(C, 3x3, padding = same) -> Relu
    }
    pub struct Net(features: [4]) -> [2] {
        features -> Basic -> Flatten -> Dense(2)
    }
}

fn main() {}

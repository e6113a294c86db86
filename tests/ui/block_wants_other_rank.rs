use shapeflow::prelude::*;

model! {
    block Basic<H, W, C>(x: [H, W, C]) -> [H, W, C] {
        x -> Conv2d(C, 3x3, padding = same) -> Relu
    }
    pub struct Net(features: [4]) -> [4] {
        features -> Basic
    }
}

fn main() {}

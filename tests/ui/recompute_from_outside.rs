use shapeflow::prelude::*;

model! {
    block Part<H, W, C>(x: [H, W, C]) -> [H, W, C] {
        x -> Conv2d(C, 3x3, padding = same) -> Relu -> Conv2d(C, 3x3, padding = same)
    }
    pub struct Net(image: [8, 8, 4]) -> [2] {
        image -> Part(recompute = crate::AGAIN) -> Flatten -> Dense(2)
    }
}

const AGAIN: bool = true;

fn main() {}

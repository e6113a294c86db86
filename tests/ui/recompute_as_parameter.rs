use shapeflow::prelude::*;

model! {
    block Part<H, W, C>(x: [H, W, C], recompute: usize) -> [H, W, recompute] {
        x -> Conv2d(recompute, 3x3, padding = same) -> Relu
    }
    pub struct Net(image: [8, 8, 4]) -> [2] {
        image -> Part(recompute = 6) -> Flatten -> Dense(2)
    }
}

fn main() {}

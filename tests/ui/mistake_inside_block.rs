use shapeflow::prelude::*;

model! {
    block Basic<H, W, C>(x: [H, W, C]) -> [H, W, C] {
        let y = x -> Conv2d(C, 3x3) -> BatchNorm -> Relu;
        x + y
    }
    pub struct Net(image: [32, 32, 16]) -> [10] {
        image -> Basic -> GlobalAvgPool -> Dense(10)
    }
}

fn main() {}

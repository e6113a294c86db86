use shapeflow::prelude::*;

const STRIDE: usize = 20_000_000;

model! {
    pub struct Net(image: [8, 8, 3]) -> [2] {
        image -> Conv2d(4, 3x3, stride = STRIDE) -> GlobalAvgPool -> Dense(2)
    }
}

fn main() {}

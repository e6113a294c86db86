use shapeflow::prelude::*;

model! {
    pub struct Net(image: [32, 32, 16]) -> [10] {
        let y = image -> Conv2d(16, 3x3) -> Relu;
        (image + y) -> GlobalAvgPool -> Dense(10)
    }
}

fn main() {}

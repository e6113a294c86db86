use shapeflow::prelude::*;

model! {
    pub struct Net(image: [32, 32, 16]) -> [10] {
        let y = image -> Conv2d(32, 3x3, padding = same) -> Relu;
        (image + y) -> GlobalAvgPool -> Dense(10)
    }
}

fn main() {}

use shapeflow::prelude::*;

model! {
    pub struct Net(image: [32, 32, 3]) -> [2] {
        image -> GlobalAvgPool -> Conv2d(8, 1x1) -> Flatten -> Dense(2)
    }
}

fn main() {}

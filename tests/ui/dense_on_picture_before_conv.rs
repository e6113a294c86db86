use shapeflow::prelude::*;

model! {
    pub struct Net(image: [8, 8, 3]) -> [2] {
        image -> Dense(64) -> Relu -> Conv2d(8, 3x3) -> Flatten -> Dense(2)
    }
}

fn main() {}

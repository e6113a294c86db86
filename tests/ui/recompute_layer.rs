use shapeflow::prelude::*;

model! {
    pub struct Net(image: [8, 8, 4]) -> [2] {
        image -> Conv2d(6, 3x3, recompute = true) -> Relu -> Conv2d(4, 3x3) -> Relu -> Flatten -> Dense(2)
    }
}

fn main() {}

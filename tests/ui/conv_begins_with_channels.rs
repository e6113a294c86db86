use shapeflow::prelude::*;

model! {
    pub struct Net(image: [32, 32, 3]) -> [2] {
        image -> Conv2d(3, 32, 3) -> Relu -> Flatten -> Dense(2)
    }
}

fn main() {}

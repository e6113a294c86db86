use shapeflow::prelude::*;

model! {
    pub struct Net(image: [4, 4, 3]) -> [2] {
        image -> Conv2d(8, 5x5) -> Flatten -> Dense(2)
    }
}

fn main() {}

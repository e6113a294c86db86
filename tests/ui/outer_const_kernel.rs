use shapeflow::prelude::*;

const SIDE: usize = 4;

model! {
    pub struct Net(image: [SIDE, SIDE, 3]) -> [2] {
        image -> Conv2d(8, 5x5) -> Flatten -> Dense(2)
    }
}

fn main() {}

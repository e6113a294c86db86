use shapeflow::prelude::*;

model! {
    const K: usize = 3;
    pub struct Net(image: [32, 32, 3]) -> [2] {
        image -> Conv2d(8, KxK) -> Flatten -> Dense(2)
    }
}

fn main() {}

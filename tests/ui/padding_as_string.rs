use shapeflow::prelude::*;

model! {
    pub struct Net(image: [32, 32, 3]) -> [2] {
        image -> Conv2d(8, 3x3, padding = "same") -> Flatten -> Dense(2)
    }
}

fn main() {}

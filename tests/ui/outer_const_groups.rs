use shapeflow::prelude::*;

const FILTERS: usize = 6;

model! {
    pub struct Net(image: [8, 8, 4]) -> [2] {
        image -> Conv2d(FILTERS, 3x3, groups = 4) -> Flatten -> Dense(2)
    }
}

fn main() {}

use shapeflow::prelude::*;

const GROUPS: usize = 0;

model! {
    pub struct Net(image: [8, 8, 4]) -> [2] {
        image -> Conv2d(4, 3x3, groups = GROUPS) -> GlobalAvgPool -> Dense(2)
    }
}

fn main() {}

use shapeflow::prelude::*;

model! {
    pub struct Net(image: [8, 8, 6]) -> [2] {
        image -> GroupNorm(4) -> Flatten -> Dense(2)
    }
}

fn main() {}

use shapeflow::prelude::*;

model! {
    pub struct Net(image: [32, 32, 3]) -> [2] {
        image -> GroupNorm(3, num_channels = 3) -> Flatten -> Dense(2)
    }
}

fn main() {}

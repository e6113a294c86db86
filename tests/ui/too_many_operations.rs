use shapeflow::prelude::*;

model! {
    pub struct Net(image: [16384, 16384, 1]) -> [2] {
        image -> Conv2d(1, 8191x8191, padding = same) -> GlobalAvgPool -> Dense(2)
    }
}

fn main() {}

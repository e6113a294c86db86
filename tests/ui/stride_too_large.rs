use shapeflow::prelude::*;

model! {
    pub struct Net(image: [8, 8, 3]) -> [2] {
        image -> Conv2d(4, 3x3, stride = 18446744073709551615) -> GlobalAvgPool -> Dense(2)
    }
}

fn main() {}

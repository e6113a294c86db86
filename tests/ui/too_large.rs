use shapeflow::prelude::*;

model! {
    pub struct Net(image: [1000000, 1000000, 1000]) -> [10] {
        image -> GlobalAvgPool -> Dense(10)
    }
}

fn main() {}

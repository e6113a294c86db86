use shapeflow::prelude::*;

model! {
    pub struct Net(image: [8, 8, 1]) -> [16, 16, 1] {
        image -> Upsample2d(1.5)
    }
}

fn main() {}

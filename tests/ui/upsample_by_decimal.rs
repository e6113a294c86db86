use shapeflow::prelude::*;

model! {
    pub struct Net(image: [8, 8, 1]) -> [12, 12, 1] {
        image -> Upsample2d(1.5)
    }
}

fn main() {}

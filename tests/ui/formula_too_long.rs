use shapeflow::prelude::*;

const SIDE: usize = 4096;

model! {
    pub struct Net(image: [SIDE, SIDE, 3]) -> [4, 4, 3] {
        image -> [Conv2d(3, 3x3, stride = 3, padding = same) -> Upsample2d(2); 70]
    }
}

fn main() {}

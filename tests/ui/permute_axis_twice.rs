use shapeflow::prelude::*;

model! {
    pub struct Net(image: [8, 6, 4]) -> [8, 8, 4] {
        image -> Permute([0, 0, 2])
    }
}

fn main() {}

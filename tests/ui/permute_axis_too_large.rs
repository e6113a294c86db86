use shapeflow::prelude::*;

model! {
    pub struct Net(image: [8, 6, 4]) -> [8, 6, 4] {
        image -> Permute([0, 1, 3])
    }
}

fn main() {}

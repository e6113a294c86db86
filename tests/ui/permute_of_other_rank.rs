use shapeflow::prelude::*;

model! {
    pub struct Net(image: [8, 6, 4]) -> [6, 8] {
        image -> Permute([1, 0])
    }
}

fn main() {}

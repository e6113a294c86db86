use shapeflow::prelude::*;

const SIZE: usize = usize::MAX;

model! {
    pub struct Net(image: [SIZE, SIZE]) -> [2] {
        image -> Flatten -> Dense(2)
    }
}

fn main() {}

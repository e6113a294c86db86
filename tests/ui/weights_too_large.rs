use shapeflow::prelude::*;

model! {
    pub struct Net(image: [32, 32, 3]) -> [2] {
        image -> Flatten -> Dense(99999999999) -> Dense(2)
    }
}

fn main() {}

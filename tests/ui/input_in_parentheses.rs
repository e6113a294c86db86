use shapeflow::prelude::*;

model! {
    pub struct Net(image: (28, 28, 1)) -> [2] {
        image -> Flatten -> Dense(2)
    }
}

fn main() {}

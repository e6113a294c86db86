use shapeflow::prelude::*;

model! {
    pub struct Net(image: [28, 28, 1]) -> [10] {
        image -> Flaten -> Dense(10)
    }
}

fn main() {}

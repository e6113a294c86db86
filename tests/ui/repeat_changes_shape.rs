use shapeflow::prelude::*;

model! {
    pub struct Net(image: [8, 8, 1]) -> [2] {
        image -> [MaxPool2d(2); 4] -> Flatten -> Dense(2)
    }
}

fn main() {}

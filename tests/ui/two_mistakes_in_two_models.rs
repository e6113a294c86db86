use shapeflow::prelude::*;

model! {
    pub struct First(features: [4]) -> [2] {
        features -> Linear(2)
    }
    pub struct Second(features: [4]) -> [2] {
        features -> Dense(3)
    }
}

fn main() {}

use shapeflow::prelude::*;

model! {
    #[derive(Clone, Debug)]
    pub struct Net(features: [4]) -> [2] {
        features -> Dense(2)
    }
}

fn main() {}

use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [2] {
        let hidden;
        hidden -> Dense(2)
    }
}

fn main() {}

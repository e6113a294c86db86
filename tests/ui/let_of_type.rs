use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [2] {
        let hidden: Tensor = features -> Dense(8);
        hidden -> Dense(2)
    }
}

fn main() {}

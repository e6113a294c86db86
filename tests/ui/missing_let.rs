use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [2] {
        hidden = features -> Dense(8) -> Relu;
        hidden -> Dense(2)
    }
}

fn main() {}

use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [2] {
        let hidden = Dense(8)(features);
        hidden -> Relu -> Dense(2)
    }
}

fn main() {}
